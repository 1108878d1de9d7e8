/* Starts a program whose standard output is a pipe, and closes the reader's end after two
 * seconds, for tests under Wine. Ends with the program's status, or with 99 if the program has not
 * ended ten seconds later.
 * unread COMMAND... */
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(int count, char **words) {
    char line[4096] = "";
    for (int place = 1; place < count; place++) {
        strncat(line, words[place], sizeof line - strlen(line) - 2);
        strcat(line, " ");
    }
    HANDLE reader, writer;
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    if (!CreatePipe(&reader, &writer, &inherited, 0)) return 98;
    SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = writer;
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    PROCESS_INFORMATION process;
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, CREATE_NEW_PROCESS_GROUP, NULL, NULL, &start, &process)) {
        fprintf(stderr, "not started: %lu\n", GetLastError());
        return 98;
    }
    CloseHandle(writer);
    Sleep(2000);
    CloseHandle(reader);
    DWORD status = 99;
    if (WaitForSingleObject(process.hProcess, 10000) == WAIT_OBJECT_0) GetExitCodeProcess(process.hProcess, &status);
    else TerminateProcess(process.hProcess, 99);
    return (int)status;
}
