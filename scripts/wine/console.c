/* Starts a program as a console or a pipe would, for tests under Wine.
 * console break COMMAND...   Ctrl+Break after two seconds; its status is ours
 * console unread COMMAND...  its standard output is a pipe whose reader goes after two seconds
 * Ends with status 99 if the program has not ended ten seconds later. */
#include <stdio.h>
#include <string.h>
#include <windows.h>

int main(int count, char **words) {
    char line[4096] = "";
    int breaks = count > 1 && strcmp(words[1], "break") == 0;
    for (int place = 2; place < count; place++) {
        strncat(line, words[place], sizeof line - strlen(line) - 2);
        strcat(line, " ");
    }
    HANDLE reader, writer;
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    STARTUPINFOA start = {.cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES};
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!breaks) {
        if (!CreatePipe(&reader, &writer, &inherited, 0)) return 98;
        SetHandleInformation(reader, HANDLE_FLAG_INHERIT, 0);
        start.hStdOutput = writer;
    }
    PROCESS_INFORMATION process;
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, CREATE_NEW_PROCESS_GROUP, NULL, NULL, &start, &process)) {
        fprintf(stderr, "not started: %lu\n", GetLastError());
        return 98;
    }
    if (!breaks) CloseHandle(writer);
    Sleep(2000);
    if (breaks) GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, process.dwProcessId);
    else CloseHandle(reader);
    DWORD status = 99;
    if (WaitForSingleObject(process.hProcess, 10000) == WAIT_OBJECT_0) GetExitCodeProcess(process.hProcess, &status);
    else TerminateProcess(process.hProcess, 99);
    return (int)status;
}
