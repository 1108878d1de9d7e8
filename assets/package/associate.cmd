@rem Offers netpeer for .pcapng, .pcap and .jsonl files in "Open with", for this user.
@rem Usage: associate.cmd [remove]
@setlocal
@set classes=HKCU\Software\Classes
@if "%1"=="remove" goto remove
@reg add %classes%\netpeer.capture /ve /d "netpeer capture" /f
@reg add %classes%\netpeer.capture\DefaultIcon /ve /d "\"%~dp0netpeerw.exe\",0" /f
@reg add %classes%\netpeer.capture\shell\open\command /ve /d "\"%~dp0netpeerw.exe\" --open \"%%1\"" /f
@for %%e in (pcapng pcap jsonl) do @reg add %classes%\.%%e\OpenWithProgids /v netpeer.capture /f
@exit /b
:remove
@for %%e in (pcapng pcap jsonl) do @reg delete %classes%\.%%e\OpenWithProgids /v netpeer.capture /f
@reg delete %classes%\netpeer.capture /f
