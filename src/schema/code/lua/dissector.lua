function PROTOCOL.dissector(tvb, pinfo, tree)
  local TCP = 2
  if tvb:len() == 0 then
    return 0
  elseif pinfo.port_type ~= TCP then
    show_message(tvb, pinfo, tree, 0)
  elseif not FRAMING then
    show_message(tvb, pinfo, tree, STREAM_PREFIX)
  elseif FRAMING.header then
    -- Wireshark keeps bytes until a message is whole.
    dissect_tcp_pdus(tvb, tree, FRAMING.header, length_of, show_from_stream)
  else
    show_terminated(tvb, pinfo, tree)
  end
  return tvb:len()
end

for _, name in ipairs({ "udp.port", "tcp.port" }) do
  DissectorTable.get(name):add_for_decode_as(PROTOCOL)
end
for _, port in ipairs(PORTS) do
  DissectorTable.get(port[1]):add(port[2], PROTOCOL)
end
