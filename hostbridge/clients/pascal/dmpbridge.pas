{ The bridge of the DMP for Free Pascal and Delphi, over the library of ../c (libdmp_bridge.so; dmp_bridge.dll of
  the host's own 32 or 64 bits, cdecl).

  Everything happens in the thread that calls; nothing is called back. Poll from a timer or from Application.OnIdle,
  or ask on Windows for a message with PostTo. Any thread may ask and call; one thread polls. Texts are UTF-8: convert
  those of an older program (AnsiToUtf8), and what is shown back. DmpValue reads one value of a JSON text; for more
  there is the host's own reader. }
unit DmpBridge;

{$ifdef FPC}{$mode delphi}{$H+}{$endif}

interface

uses
  SysUtils;

type
  TDmpKind = (dkNothing, dkStarted, dkResult, dkError, dkNotice, dkGone);

  { The bridge answered with an error, or not at all. Message is its code and detail, for the developer; Sentence and
    Remedy are French, for the operator. Code DMP-LINK-001: no bridge; DMP-LINK-002: no answer in time. }
  EDmpBridge = class(Exception)
  private
    FText: UTF8String;
  public
    constructor Create(const Error: UTF8String);
    function Code: UTF8String;
    function Sentence: UTF8String;
    function Remedy: UTF8String;
    function Detail: UTF8String;
    property Text: UTF8String read FText;  { the whole error, as JSON }
  end;

  { One thing that the bridge said. Id is the request that it answers, Text its JSON; Method the name of a notice. }
  TDmpMessage = record
    Kind: TDmpKind;
    Id: Integer;
    Method: UTF8String;
    Text: UTF8String;
  end;

  TDmpBridge = class
  private
    FBridge: Pointer;
    procedure RequireOpen;
  public
    { Command: the program, then its arguments. Initialize: the parameters of `initialize` as JSON. What does not start
      says why to the first Call or Poll. }
    constructor Create(const Command: array of UTF8String; const Initialize: UTF8String);
    destructor Destroy; override;
    { The number of the request; its answer comes with Poll. }
    function Ask(const Method: UTF8String; const Params: UTF8String = '{}'): Integer;
    { The result, as JSON, waited for at most so many milliseconds. Raises EDmpBridge. }
    function Call(const Method: UTF8String; const Params: UTF8String = '{}'; Milliseconds: Integer = 30000): UTF8String;
    { What came next within so many milliseconds; dkNothing where nothing did. }
    function Poll(Milliseconds: Integer = 0): TDmpMessage;
    procedure Cancel(Id: Integer);
    { Say goodbye; the exit status of the bridge, -1 where it had to be ended. }
    function Close(Milliseconds: Integer = 5000): Integer;
    {$ifdef MSWINDOWS}
    procedure PostTo(Window: Pointer; Message: Cardinal);
    {$endif}
  end;

{ One value of a JSON text, 'item.state' for instance; '' where there is none. }
function DmpValue(const Json, Path: UTF8String): UTF8String;

implementation

const
  Library_ = {$ifdef MSWINDOWS}'dmp_bridge.dll'{$else}'dmp_bridge'{$endif};

function dmp_open(command, initialize: PAnsiChar): Pointer; cdecl; external Library_;
function dmp_ask(bridge: Pointer; method, params: PAnsiChar): Integer; cdecl; external Library_;
function dmp_call(bridge: Pointer; method, params: PAnsiChar; milliseconds: Integer; out text: PAnsiChar): Integer;
  cdecl; external Library_;
function dmp_value(json, path: PAnsiChar): PAnsiChar; cdecl; external Library_;
procedure dmp_free(text: PAnsiChar); cdecl; external Library_;
function dmp_poll(bridge: Pointer; milliseconds: Integer): Integer; cdecl; external Library_;
function dmp_id(bridge: Pointer): Integer; cdecl; external Library_;
function dmp_method(bridge: Pointer): PAnsiChar; cdecl; external Library_;
function dmp_text(bridge: Pointer): PAnsiChar; cdecl; external Library_;
procedure dmp_cancel(bridge: Pointer; id: Integer); cdecl; external Library_;
function dmp_close(bridge: Pointer; milliseconds: Integer): Integer; cdecl; external Library_;
{$ifdef MSWINDOWS}
procedure dmp_post_to(bridge, window: Pointer; message: Cardinal); cdecl; external Library_;
{$endif}

{ The bytes as they are: an assignment would take them for those of the system's code page. }
function Copied(At: PAnsiChar): UTF8String;
begin
  SetString(Result, At, StrLen(At));
end;

function Taken(At: PAnsiChar): UTF8String;
begin
  Result := '';
  if At <> nil then
    Result := Copied(At);
  dmp_free(At);
end;

function DmpValue(const Json, Path: UTF8String): UTF8String;
begin
  Result := Taken(dmp_value(PAnsiChar(Json), PAnsiChar(Path)));
end;

constructor EDmpBridge.Create(const Error: UTF8String);
begin
  FText := Error;
  inherited Create(string(Code + ': ' + Detail));
end;

function EDmpBridge.Code: UTF8String;
begin
  Result := DmpValue(FText, 'data.code');
end;

function EDmpBridge.Sentence: UTF8String;
begin
  Result := DmpValue(FText, 'data.sentence');
end;

function EDmpBridge.Remedy: UTF8String;
begin
  Result := DmpValue(FText, 'data.remedy');
end;

function EDmpBridge.Detail: UTF8String;
begin
  Result := DmpValue(FText, 'data.detail');
end;

constructor TDmpBridge.Create(const Command: array of UTF8String; const Initialize: UTF8String);
var
  Line: UTF8String;
  Index: Integer;
begin
  inherited Create;
  Line := '';
  for Index := Low(Command) to High(Command) do
  begin
    if Index > Low(Command) then
      Line := Line + #10;
    Line := Line + Command[Index];
  end;
  FBridge := dmp_open(PAnsiChar(Line), PAnsiChar(Initialize));
  if FBridge = nil then
    raise EArgumentException.Create('a command and a JSON object are wanted');
end;

destructor TDmpBridge.Destroy;
begin
  Close(0);
  inherited Destroy;
end;

function TDmpBridge.Ask(const Method, Params: UTF8String): Integer;
begin
  RequireOpen;
  Result := dmp_ask(FBridge, PAnsiChar(Method), PAnsiChar(Params));
end;

function TDmpBridge.Call(const Method, Params: UTF8String; Milliseconds: Integer): UTF8String;
var
  Kind: TDmpKind;
  At: PAnsiChar;
begin
  RequireOpen;
  Kind := TDmpKind(dmp_call(FBridge, PAnsiChar(Method), PAnsiChar(Params), Milliseconds, At));
  Result := Taken(At);
  if Kind <> dkResult then
    raise EDmpBridge.Create(Result);
end;

procedure TDmpBridge.RequireOpen;
begin
  if FBridge = nil then
    raise EInvalidOpException.Create('this bridge was closed');
end;

function TDmpBridge.Poll(Milliseconds: Integer): TDmpMessage;
begin
  Result.Kind := dkNothing;
  Result.Id := 0;
  Result.Method := '';
  Result.Text := '';
  if FBridge = nil then
    Exit;
  Result.Kind := TDmpKind(dmp_poll(FBridge, Milliseconds));
  if Result.Kind = dkNothing then
    Exit;
  Result.Id := dmp_id(FBridge);
  Result.Text := Copied(dmp_text(FBridge));
  if Result.Kind = dkNotice then
    Result.Method := Copied(dmp_method(FBridge));
end;

procedure TDmpBridge.Cancel(Id: Integer);
begin
  if FBridge <> nil then
    dmp_cancel(FBridge, Id);
end;

function TDmpBridge.Close(Milliseconds: Integer): Integer;
begin
  Result := 0;
  if FBridge <> nil then
    Result := dmp_close(FBridge, Milliseconds);
  FBridge := nil;
end;

{$ifdef MSWINDOWS}
procedure TDmpBridge.PostTo(Window: Pointer; Message: Cardinal);
begin
  if FBridge <> nil then
    dmp_post_to(FBridge, Window, Message);
end;
{$endif}

end.
