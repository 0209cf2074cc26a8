// The bridge of the DMP for .NET, over the library of ../c (dmp_bridge.dll of the host's own 32 or 64 bits).
//
// Everything happens in the thread that calls; nothing is called back. Poll from a timer of the user interface,
// or ask on Windows for a window message with PostTo. Any thread may Ask and Call; one thread polls.
using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Runtime.Serialization.Json;
using System.Text;

namespace Dmp
{
    public enum MessageKind { Nothing, Started, Result, Error, Notice, Gone }

    /// <summary>The bridge answered with an error, or not at all. Its message and Remedy are French, for the operator.</summary>
    public sealed class BridgeException : Exception
    {
        internal BridgeException(string text) : base(Bridge.Value(text, "data.sentence") ?? Bridge.Value(text, "message"))
        {
            Text = text;
        }

        /// <summary>The whole error, as JSON.</summary>
        public string Text { get; private set; }

        /// <summary>DMP-RIGHT-001...; DMP-LINK-001: no bridge; DMP-LINK-002: no answer in time.</summary>
        public string Code { get { return Bridge.Value(Text, "data.code") ?? ""; } }

        public string Remedy { get { return Bridge.Value(Text, "data.remedy") ?? ""; } }

        /// <summary>For the developer.</summary>
        public string Detail { get { return Bridge.Value(Text, "data.detail") ?? ""; } }
    }

    /// <summary>One thing that the bridge said. Id: the request it answers; Method: the name of a notice.</summary>
    public sealed class Message
    {
        internal Message(MessageKind kind, int id, string method, string text)
        {
            Kind = kind; Id = id; Method = method; Text = text;
        }

        public MessageKind Kind { get; private set; }
        public int Id { get; private set; }
        public string Method { get; private set; }

        /// <summary>The result, the error or the parameters, as JSON.</summary>
        public string Text { get; private set; }

        /// <summary>The same as an object of Types.cs.</summary>
        public T As<T>() { return Json.Read<T>(Text); }
    }

    /// <summary>JSON of the messages: names as they are on the wire, dictionaries as objects.</summary>
    public static class Json
    {
        public static T Read<T>(string text)
        {
            using (var stream = new MemoryStream(Encoding.UTF8.GetBytes(text)))
                return (T)Serializer(typeof(T)).ReadObject(stream);
        }

        public static string Write<T>(T value)
        {
            using (var stream = new MemoryStream())
            {
                Serializer(typeof(T)).WriteObject(stream, value);
                return Encoding.UTF8.GetString(stream.ToArray());
            }
        }

        private static DataContractJsonSerializer Serializer(Type type)
        {
            return new DataContractJsonSerializer(
                type, new DataContractJsonSerializerSettings { UseSimpleDictionaryFormat = true });
        }
    }

    public sealed class Bridge : IDisposable
    {
        private IntPtr _bridge;

        /// <summary>command: the program, then its arguments. initialize: the parameters of `initialize`, as JSON.
        /// What does not start says why to the first Call or Poll.</summary>
        public Bridge(string[] command, string initialize)
        {
            _bridge = Native.dmp_open(Utf8(string.Join("\n", command)), Utf8(initialize));
            if (_bridge == IntPtr.Zero)
                throw new ArgumentException("a command and a JSON object are wanted");
        }

        /// <summary>The number of the request; its answer comes with Poll.</summary>
        public int Ask(string method, string parameters = "{}")
        {
            return Native.dmp_ask(Opened(), Utf8(method), Utf8(parameters));
        }

        public int Ask<T>(string method, T parameters) { return Ask(method, Json.Write(parameters)); }

        /// <summary>The result, as JSON, waited for at most so many milliseconds. Throws BridgeException.</summary>
        public string Call(string method, string parameters = "{}", int milliseconds = 30000)
        {
            IntPtr at;
            var kind = (MessageKind)Native.dmp_call(Opened(), Utf8(method), Utf8(parameters), milliseconds, out at);
            string text = Taken(at);
            if (kind != MessageKind.Result)
                throw new BridgeException(text);
            return text;
        }

        /// <summary>The same with objects of Types.cs.</summary>
        public TResult Call<TParams, TResult>(string method, TParams parameters, int milliseconds = 30000)
        {
            return Json.Read<TResult>(Call(method, Json.Write(parameters), milliseconds));
        }

        /// <summary>One value of a JSON text, "data.sentence" for instance; null where there is none.</summary>
        public static string Value(string json, string path) { return Taken(Native.dmp_value(Utf8(json), Utf8(path))); }

        /// <summary>What came next within so many milliseconds; of kind Nothing where nothing did.</summary>
        public Message Poll(int milliseconds = 0)
        {
            if (_bridge == IntPtr.Zero)
                return new Message(MessageKind.Nothing, 0, "", "");
            var kind = (MessageKind)Native.dmp_poll(_bridge, milliseconds);
            if (kind == MessageKind.Nothing)
                return new Message(kind, 0, "", "");
            string method = kind == MessageKind.Notice ? Text(Native.dmp_method(_bridge)) : "";
            return new Message(kind, Native.dmp_id(_bridge), method, Text(Native.dmp_text(_bridge)));
        }

        public void Cancel(int id)
        {
            if (_bridge != IntPtr.Zero)
                Native.dmp_cancel(_bridge, id);
        }

        /// <summary>Windows: post this message to this window whenever something can be polled.</summary>
        public void PostTo(IntPtr window, uint message)
        {
            if (_bridge != IntPtr.Zero)
                Native.dmp_post_to(_bridge, window, message);
        }

        /// <summary>Say goodbye. The exit status of the bridge, -1 where it had to be ended.</summary>
        public int Close(int milliseconds = 5000)
        {
            IntPtr bridge = _bridge;
            _bridge = IntPtr.Zero;
            return bridge == IntPtr.Zero ? 0 : Native.dmp_close(bridge, milliseconds);
        }

        public void Dispose() { Close(); }

        private IntPtr Opened()
        {
            if (_bridge == IntPtr.Zero)
                throw new ObjectDisposedException("Bridge");
            return _bridge;
        }

        private static string Taken(IntPtr at)
        {
            if (at == IntPtr.Zero)
                return null;
            string text = Text(at);
            Native.dmp_free(at);
            return text;
        }

        private static byte[] Utf8(string text) { return Encoding.UTF8.GetBytes(text + "\0"); }

        private static string Text(IntPtr at)
        {
            int size = 0;
            while (Marshal.ReadByte(at, size) != 0) size++;
            var bytes = new byte[size];
            Marshal.Copy(at, bytes, 0, size);
            return Encoding.UTF8.GetString(bytes);
        }

        private static class Native
        {
            private const string Library = "dmp_bridge";

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern IntPtr dmp_open(byte[] command, byte[] initialize);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern int dmp_ask(IntPtr bridge, byte[] method, byte[] parameters);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern int dmp_call(
                IntPtr bridge, byte[] method, byte[] parameters, int milliseconds, out IntPtr text);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern IntPtr dmp_value(byte[] json, byte[] path);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern void dmp_free(IntPtr text);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern int dmp_poll(IntPtr bridge, int milliseconds);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern int dmp_id(IntPtr bridge);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern IntPtr dmp_method(IntPtr bridge);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern IntPtr dmp_text(IntPtr bridge);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern void dmp_cancel(IntPtr bridge, int id);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern int dmp_close(IntPtr bridge, int milliseconds);

            [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
            public static extern void dmp_post_to(IntPtr bridge, IntPtr window, uint message);
        }
    }
}
