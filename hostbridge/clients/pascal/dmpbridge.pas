{ The bridge of the DMP for Free Pascal and Delphi, over the library of ../c (libdmp_bridge.so; dmp_bridge.dll of
  the host's own 32 or 64 bits, cdecl).

  Everything happens in the thread that calls; nothing is called back. Poll from a timer or from Application.OnIdle,
  or ask on Windows for a message with PostTo. Texts are UTF-8: convert those of an older program (AnsiToUtf8), and
  what is shown back. JSON is read with the host's own reader. The words of EDmpBridge have no accents, so that no
  code page of a source or of a console changes them. }
unit DmpBridge;

{$ifdef FPC}{$mode delphi}{$H+}{$endif}

interface

uses
  SysUtils;

type
  TDmpKind = (dkNothing, dkStarted, dkResult, dkError, dkNotice, dkGone);

  EDmpBridge = class(Exception);

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
  public
    { Command: the program, then its arguments. Initialize: the parameters of `initialize` as JSON.
      Raises EDmpBridge where the program cannot be started. }
    constructor Create(const Command: array of UTF8String; const Initialize: UTF8String);
    destructor Destroy; override;
    { The number of the request. Raises EDmpBridge once the bridge is gone for good. }
    function Ask(const Method: UTF8String; const Params: UTF8String = '{}'): Integer;
    { What came next within so many milliseconds; dkNothing where nothing did. }
    function Poll(Milliseconds: Integer = 0): TDmpMessage;
    procedure Cancel(Id: Integer);
    { Say goodbye; the exit status of the bridge, -1 where it had to be ended. }
    function Close(Milliseconds: Integer = 5000): Integer;
    {$ifdef MSWINDOWS}
    procedure PostTo(Window: Pointer; Message: Cardinal);
    {$endif}
  end;

implementation

const
  Library_ = {$ifdef MSWINDOWS}'dmp_bridge.dll'{$else}'dmp_bridge'{$endif};

function dmp_open(command, initialize: PAnsiChar): Pointer; cdecl; external Library_;
function dmp_ask(bridge: Pointer; method, params: PAnsiChar): Integer; cdecl; external Library_;
function dmp_poll(bridge: Pointer; milliseconds: Integer): Integer; cdecl; external Library_;
function dmp_id(bridge: Pointer): Integer; cdecl; external Library_;
function dmp_method(bridge: Pointer): PAnsiChar; cdecl; external Library_;
function dmp_text(bridge: Pointer): PAnsiChar; cdecl; external Library_;
procedure dmp_cancel(bridge: Pointer; id: Integer); cdecl; external Library_;
function dmp_close(bridge: Pointer; milliseconds: Integer): Integer; cdecl; external Library_;
{$ifdef MSWINDOWS}
procedure dmp_post_to(bridge, window: Pointer; message: Cardinal); cdecl; external Library_;
{$endif}

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
    raise EDmpBridge.Create('Le pont vers le DMP ne se lance pas (DMP-LINK-001).');
end;

destructor TDmpBridge.Destroy;
begin
  Close(0);
  inherited Destroy;
end;

function TDmpBridge.Ask(const Method, Params: UTF8String): Integer;
begin
  Result := 0;
  if FBridge <> nil then
    Result := dmp_ask(FBridge, PAnsiChar(Method), PAnsiChar(Params));
  if Result = 0 then
    raise EDmpBridge.Create('Le pont vers le DMP ne fonctionne plus (DMP-LINK-001).');
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
  Result.Text := dmp_text(FBridge);
  if Result.Kind = dkNotice then
    Result.Method := dmp_method(FBridge);
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
