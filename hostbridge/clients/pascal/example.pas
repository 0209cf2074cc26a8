{ A host in Pascal: opens a patient, saves a document, confirms the feed window, waits for the DMP's answer.

      example INITIALIZE.json PATIENT.json DOCUMENT.json dmp serve --stdio --config dmp.toml }
program Example;

{$ifdef FPC}{$mode delphi}{$H+}{$endif}

uses
  {$ifdef UNIX}cwstring,{ accents }{$endif} Classes, SysUtils, DmpBridge;

function ReadText(const Name: string): UTF8String;
begin
  with TStringList.Create do
    try
      LoadFromFile(Name);
      Result := Text;
    finally
      Free;
    end;
end;

var
  Bridge: TDmpBridge;
  Said: TDmpMessage;
  Command: array of UTF8String;
  Index, Opened, Saved, Tries, Status: Integer;
  Sent: Boolean;

begin
  SetTextCodePage(Output, CP_UTF8);  { else the accents are those of the console's own code page }
  SetLength(Command, ParamCount - 3);
  for Index := 4 to ParamCount do
    Command[Index - 4] := ParamStr(Index);
  Bridge := TDmpBridge.Create(Command, ReadText(ParamStr(1)));
  Opened := Bridge.Ask('patient/opened', ReadText(ParamStr(2)));
  Saved := Bridge.Ask('document/saved', ReadText(ParamStr(3)));
  Sent := False;
  Tries := 0;
  while (not Sent) and (Tries < 2400) do
  begin
    Inc(Tries);
    Said := Bridge.Poll(100);  { a host polls from its own loop, with 0 }
    case Said.Kind of
      dkStarted: WriteLn('initialize');
      dkResult:
        if Said.Id = Opened then
          WriteLn('patient/opened')
        else if Said.Id = Saved then
          WriteLn('document/saved')
        else
          WriteLn('feed/confirm');
      dkError: WriteLn('error ', DmpValue(Said.Text, 'data.sentence'));  { French, for the operator }
      dkNotice:
        if Said.Method = 'window/show' then  { the host would draw its window, or show the panel }
          Bridge.Ask('feed/confirm', '{"item":"' + DmpValue(Said.Text, 'item.item') + '"}')
        else if Said.Method = 'feed/finished' then
        begin
          WriteLn('feed/finished ', DmpValue(Said.Text, 'item.state'));
          Sent := True;
        end;
      dkGone: Tries := 2400;
    end;
    Flush(Output);
  end;
  Status := Bridge.Close;
  Bridge.Free;
  if Sent then
    Halt(Status)
  else
    Halt(1);
end.
