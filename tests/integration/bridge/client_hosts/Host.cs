// A host in C# that does what the test writes to it, a line each: see clients_driven.py.
using System;
using System.IO;
using System.Text;
using System.Threading;
using Dmp;

public static class Host
{
    public static int Main(string[] command)
    {
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true };
        using (var bridge = new Bridge(command, input.ReadLine()))
        {
            for (string line = input.ReadLine(); line != null; line = input.ReadLine())
            {
                string[] word = line.Split('\t');
                switch (word[0])
                {
                    case "call":
                        output.WriteLine(Told(bridge, word));
                        break;
                    case "poll":
                        Message said = bridge.Poll(int.Parse(word[1]));
                        output.WriteLine(said.Kind.ToString().ToLowerInvariant() + "\t" + said.Method + "\t" + (said.Text == "" ? "{}" : said.Text));
                        break;
                    case "both":
                        output.WriteLine("both\t\t" + Both(bridge, word));
                        break;
                    case "close":
                        output.WriteLine("closed\t\t" + bridge.Close(int.Parse(word[1])));
                        return 0;
                }
            }
        }
        return 2;
    }

    private static string Told(Bridge bridge, string[] word)
    {
        try
        {
            return "result\t" + word[1] + "\t" + bridge.Call(word[1], word[2], int.Parse(word[3]));
        }
        catch (BridgeException error)
        {
            if (error.Message == "" || error.Code == "" || error.Detail == "" || error.Remedy == "")
                throw;
            return "error\t" + word[1] + "\t" + error.Text;
        }
    }

    private static int Both(Bridge bridge, string[] word)
    {
        int right = 0;
        ThreadStart calls = () =>
        {
            for (int n = 0; n < int.Parse(word[3]); n++)
            {
                bridge.Call(word[1], word[2], int.Parse(word[4]));
                Interlocked.Increment(ref right);
            }
        };
        var other = new Thread(calls);
        other.Start();
        calls();
        other.Join();
        return right;
    }
}
