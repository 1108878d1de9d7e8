// Reads messages with the parser that the compiler of Kaitai Struct makes of a description.
//
//     NODE_PATH=FOLDER/node_modules node kaitai.js FILE.ksy < messages
//
// FOLDER has the packages kaitai-struct-compiler, kaitai-struct and js-yaml. Every line of the
// input is a message in hexadecimal. For each, a line of JSON is printed: `fields` as netpeer
// writes them, `stopped`, the path of the field where reading ended with an error (empty if that
// is the message itself, null without an error), `error`, `failed`, the paths of instances without
// a value, `deep`, whether types are nested too deeply (there are no fields then), and `rest`, the number of bytes behind the
// message. A file that an import names stands beside FILE.ksy, wherever the import says.
//
// It is compiled for debugging, which keeps fields that were read before an error. JavaScript has
// numbers of 53 bits, and computes bits in 32.
'use strict';

const fs = require('fs');
const path = require('path');
const compiler = require('kaitai-struct-compiler');
const yaml = require('js-yaml');
const KaitaiStream = require('kaitai-struct/KaitaiStream');

// How deep types are followed: pointers may lead in circles.
const DEPTH = 64;

const file = path.resolve(process.argv[2]);
const specs = new Map();

function load(name) {
    const beside = path.join(path.dirname(file), `${name}.ksy`);
    if (!specs.has(name)) {
        specs.set(name, yaml.load(fs.readFileSync(beside, 'utf8'), { schema: yaml.CORE_SCHEMA }));
    }
    return specs.get(name);
}

const upper = (name) => name.split('_').map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
const lower = (name) => {
    const all = upper(name);
    return all.charAt(0).toLowerCase() + all.slice(1);
};

// ASCII is read as UTF-8, as netpeer does. What is no text stands as its bytes.
KaitaiStream.bytesToStr = (bytes, encoding) => {
    const name = /^(us-)?ascii$/i.test(encoding) ? 'utf-8' : encoding;
    try {
        return new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
        return `undecodable:${Buffer.from(bytes).toString('hex')}`;
    }
};

// The runtime of JavaScript takes a byte too many behind a terminator that it includes, and has
// mistakes in negative numbers of 64 bits.
const { readBytesTerm } = KaitaiStream.prototype;
KaitaiStream.prototype.readBytesTerm = function (terminator, include, consume, eosError) {
    return readBytesTerm.call(this, terminator, include, consume && !include, eosError);
};
const signed = (isLittle) =>
    function () {
        const bytes = this.readBytes(8);
        return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(0, isLittle));
    };
KaitaiStream.prototype.readS8be = signed(false);
KaitaiStream.prototype.readS8le = signed(true);

// The types by their class: the description, and the types around it.
const types = new Map();

function enter(made, spec, around) {
    const type = { spec, around };
    types.set(made, type);
    const read = made.prototype._read;
    made.prototype._read = function () {
        read.call(this);
        this.isRead = true;
    };
    for (const [name, inner] of Object.entries(spec.types ?? {})) {
        enter(made[upper(name)], inner ?? {}, type);
    }
}

// The names of an enumeration, from the innermost type that has it.
function names(name, type) {
    const parts = name.split('::');
    for (let at = type; at; at = at.around) {
        let inner = at.spec;
        for (const part of parts.slice(0, -1)) {
            inner = inner?.types?.[part];
        }
        const found = inner?.enums?.[parts.at(-1)];
        if (found) {
            return found;
        }
    }
    return {};
}

// The number of four bytes with no more digits than it needs.
function single(value) {
    for (let digits = 1; digits <= 9; digits++) {
        const short = Number(value.toPrecision(digits));
        if (Math.fround(short) === value) {
            return short;
        }
    }
    return value;
}

class Walk {
    failed = [];
    isDeep = false;

    // A value as JSON.
    shown(value, field, type, at, depth) {
        if (Array.isArray(value)) {
            return value.map((one, index) => this.shown(one, field, type, `${at}[${index}]`, depth));
        }
        if (value instanceof Uint8Array) {
            return Buffer.from(value).toString('hex');
        }
        if (field.enum && (typeof value === 'number' || typeof value === 'boolean')) {
            const known = names(field.enum, type);
            const found = Object.keys(known).find((key) => Number(key) === Number(value));
            if (found !== undefined) {
                return String(known[found]?.id ?? known[found]);
            }
        }
        if (typeof value === 'number') {
            const number = /^f4/.test(field.type) ? single(value) : value;
            return Number.isFinite(number) ? number : String(number).replace('Infinity', 'inf');
        }
        if (value !== null && typeof value === 'object') {
            return types.has(value.constructor) ? this.object(value, at, depth + 1) : null;
        }
        return value;
    }

    object(value, at, depth) {
        if (depth > DEPTH) {
            this.isDeep = true;
            return null;
        }
        const type = types.get(value.constructor);
        const { spec } = type;
        const inner = (name) => (at === '' ? name : `${at}.${name}`);
        const all = {};
        for (const field of spec.params ?? []) {
            all[field.id] = this.shown(value[lower(field.id)], field, type, inner(field.id), depth);
        }
        (spec.seq ?? []).forEach((field, index) => {
            const name = field.id ?? `_${index}`;
            const found = value[field.id === undefined ? `_unnamed${index}` : lower(name)];
            if (found !== undefined) {
                all[name] = this.shown(found, field, type, inner(name), depth);
            }
        });
        for (const [name, field] of Object.entries(spec.instances ?? {})) {
            const found = this.instance(value, name, inner(name));
            if (found !== undefined) {
                all[name] = this.shown(found, field, type, inner(name), depth);
            }
        }
        if (spec['to-string'] !== undefined && value.isRead) {
            return value.toString();
        }
        return all;
    }

    // The value of an instance. In a type that was not read to its end, only one that was needed.
    instance(value, name, at) {
        const kept = `_m_${lower(name)}`;
        if (!value.isRead) {
            return value[kept];
        }
        // Bits that are left belong to another place.
        const { pos, bits, bitsLeft } = value._io;
        value._io.alignToByte();
        try {
            return value[lower(name)];
        } catch {
            this.failed.push(at);
            return value[kept] ?? null;
        } finally {
            Object.assign(value._io, { pos, bits, bitsLeft });
        }
    }
}

// The path of the field that was being read.
function unfinished(value, at) {
    const { spec } = types.get(value.constructor);
    for (const [index, field] of (spec.seq ?? []).entries()) {
        const name = field.id === undefined ? `_unnamed${index}` : lower(field.id);
        const noted = value._debug[name];
        if (!noted || noted.end !== undefined) {
            continue;
        }
        let [inner, here] = [value[name], (at === '' ? '' : `${at}.`) + (field.id ?? `_${index}`)];
        if (noted.arr) {
            const last = noted.arr.findIndex((one) => one.end === undefined);
            if (last < 0) {
                return here;
            }
            [inner, here] = [inner?.[last], `${here}[${last}]`];
        }
        return inner && types.has(inner.constructor) && !inner.isRead ? unfinished(inner, here) : here;
    }
    return at;
}

function read(Type, hex) {
    const message = new Type(new KaitaiStream(new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))));
    const result = { fields: null, stopped: null, error: null, failed: [] };
    try {
        message._read();
    } catch (error) {
        result.stopped = unfinished(message, '');
        result.error = `${error.name}: ${error.message}`;
    }
    result.rest = message._io.size - message._io.pos;
    const walk = new Walk();
    const fields = walk.object(message, '', 0);
    result.fields = walk.isDeep ? null : fields;
    result.failed = walk.failed;
    result.deep = walk.isDeep;
    return result;
}

async function main() {
    const spec = load(path.basename(file, '.ksy'));
    const importer = { importYaml: async (name) => load(name.split('/').at(-1)) };
    const files = await compiler.compile('javascript', spec, importer, true);
    const modules = new Map();
    const need = (name) => {
        if (name.startsWith('kaitai-struct/')) {
            return KaitaiStream;
        }
        const own = `${path.basename(name, '.js')}.js`;
        if (!modules.has(own)) {
            const made = {};
            modules.set(own, made);
            new Function('exports', 'require', 'define', files[own])(made, need, undefined);
        }
        return modules.get(own);
    };
    Object.keys(files).forEach(need);
    for (const [name, of] of specs) {
        const made = upper(of.meta?.id ?? name);
        const found = modules.get(`${made}.js`);
        if (found) {
            enter(found[made], of, null);
        }
    }
    const made = upper(spec.meta.id);
    const Type = modules.get(`${made}.js`)[made];
    const lines = fs.readFileSync(0, 'utf8').split('\n').filter((line) => line.trim() !== '');
    for (const line of lines) {
        console.log(JSON.stringify(read(Type, line.trim())));
    }
}

main().catch((error) => {
    console.error(String(error?.stack ?? error));
    process.exit(1);
});
