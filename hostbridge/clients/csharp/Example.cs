// A host in C#: opens a patient, saves a document, confirms the feed window, waits for the DMP's answer.
//
//     Example.exe INITIALIZE.json PATIENT.json DOCUMENT.json dmp serve --stdio --config dmp.toml
using System;
using System.IO;
using System.Linq;
using Dmp;
using Dmp.Types;

public static class Example
{
    public static int Main(string[] arguments)
    {
        using (var bridge = new Bridge(arguments.Skip(3).ToArray(), File.ReadAllText(arguments[0])))
        {
            int opened = bridge.Ask("patient/opened", File.ReadAllText(arguments[1]));
            int saved = bridge.Ask("document/saved", File.ReadAllText(arguments[2]));
            for (int tries = 0; tries < 2400; tries++)
            {
                Message said = bridge.Poll(100); // a host polls from its own loop, with 0
                switch (said.Kind)
                {
                    case MessageKind.Started:
                        Console.WriteLine("initialize");
                        break;
                    case MessageKind.Result:
                        Console.WriteLine(said.Id == opened ? "patient/opened" : said.Id == saved ? "document/saved" : "feed/confirm");
                        break;
                    case MessageKind.Error:
                        Console.WriteLine("error " + Bridge.Value(said.Text, "data.sentence")); // French, for the operator
                        break;
                    case MessageKind.Notice:
                        if (said.Method == "window/show") // the host would draw its window, or show the panel
                            bridge.Ask("feed/confirm", new ConfirmFeed { item = said.As<WindowShow>().item.item });
                        else if (said.Method == "feed/finished")
                        {
                            Console.WriteLine("feed/finished " + said.As<ItemNotice>().item.state);
                            return bridge.Close();
                        }
                        break;
                    case MessageKind.Gone:
                        return 1;
                }
            }
        }
        return 1;
    }
}
