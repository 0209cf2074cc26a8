{ A host in Pascal that does what the test writes to it, a line each: see clients_driven.py. }
program Host;

{$mode delphi}{$H+}

uses
  cthreads, cwstring, Classes, SysUtils, DmpBridge;

type
  TWords = array[0..4] of UTF8String;

  TCalls = class(TThread)
    Words: TWords;
    Right: Integer;
    procedure Execute; override;
  end;

const
  Kinds: array[TDmpKind] of string = ('nothing', 'started', 'result', 'error', 'notice', 'gone');

var
  Bridge: TDmpBridge;

procedure TCalls.Execute;
var
  N: Integer;
begin
  for N := 1 to StrToInt(Words[3]) do
  begin
    Bridge.Call(Words[1], Words[2], StrToInt(Words[4]));
    Inc(Right);
  end;
end;

function Both(const Words: TWords): Integer;
var
  One, Other: TCalls;
begin
  One := TCalls.Create(True);
  Other := TCalls.Create(True);
  One.Words := Words;
  Other.Words := Words;
  One.Start;
  Other.Start;
  One.WaitFor;
  Other.WaitFor;
  Result := One.Right + Other.Right;
  One.Free;
  Other.Free;
end;

function Split(const Line: UTF8String): TWords;
var
  Rest: UTF8String;
  N, Tab: Integer;
begin
  Rest := Line + #9;
  for N := 0 to 4 do
  begin
    Tab := Pos(#9, Rest);
    Result[N] := Copy(Rest, 1, Tab - 1);
    Delete(Rest, 1, Tab);
  end;
end;

function Told(const Words: TWords): UTF8String;
begin
  try
    Result := 'result'#9 + Words[1] + #9 + Bridge.Call(Words[1], Words[2], StrToInt(Words[3]));
  except
    on Error: EDmpBridge do
    begin
      if (Error.Sentence = '') or (Error.Remedy = '') or (Error.Code = '') or (Error.Detail = '') then
        raise;
      Result := 'error'#9 + Words[1] + #9 + Error.Text;
    end;
  end;
end;

var
  Command: array of UTF8String;
  Line: UTF8String;
  Words: TWords;
  Said: TDmpMessage;
  Index: Integer;

begin
  SetTextCodePage(Input, CP_UTF8);
  SetTextCodePage(Output, CP_UTF8);
  SetLength(Command, ParamCount);
  for Index := 1 to ParamCount do
    Command[Index - 1] := ParamStr(Index);
  ReadLn(Line);
  Bridge := TDmpBridge.Create(Command, Line);
  while not Eof do
  begin
    ReadLn(Line);
    Words := Split(Line);
    if Words[0] = 'call' then
      WriteLn(Told(Words))
    else if Words[0] = 'poll' then
    begin
      Said := Bridge.Poll(StrToInt(Words[1]));
      if Said.Text = '' then
        Said.Text := '{}';
      WriteLn(Kinds[Said.Kind], #9, Said.Method, #9, Said.Text);
    end
    else if Words[0] = 'both' then
      WriteLn('both', #9, #9, Both(Words))
    else if Words[0] = 'close' then
    begin
      WriteLn('closed', #9, #9, Bridge.Close(StrToInt(Words[1])));
      Bridge.Free;
      Halt(0);
    end;
    Flush(Output);
  end;
  Halt(2);
end.
