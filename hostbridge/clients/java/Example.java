import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import fr.dmp.bridge.Bridge;
import fr.dmp.bridge.Types;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A host in Java: opens a patient, saves a document, confirms the feed window, waits for the DMP's answer.
 *
 * <p>java Example INITIALIZE.json PATIENT.json DOCUMENT.json dmp serve --stdio --config dmp.toml
 */
public final class Example {
    private Example() {}

    public static void main(String[] arguments) throws IOException {
        List<String> command = List.of(arguments).subList(3, arguments.length);
        try (Bridge bridge = new Bridge(command, read(arguments[0]))) {
            int opened = bridge.ask("patient/opened", read(arguments[1]));
            int saved = bridge.ask("document/saved", read(arguments[2]));
            for (int tries = 0; tries < 2400; tries++) {
                Bridge.Message said = bridge.poll(100); // a host polls from its own loop, with 0
                switch (said.kind()) {
                    case STARTED -> System.out.println("initialize");
                    case RESULT ->
                        System.out.println(
                                said.id() == opened ? "patient/opened" : said.id() == saved ? "document/saved" : "feed/confirm");
                    case ERROR -> System.out.println("error " + said.content()); // data.sentence: French, for the operator
                    case NOTICE -> {
                        if (said.method().equals("window/show")) { // the host would draw its window, or show the panel
                            bridge.ask("feed/confirm", Map.of("item", said.as(Types.WindowShow.class).item().item()));
                        } else if (said.method().equals("feed/finished")) {
                            System.out.println("feed/finished " + said.as(Types.ItemNotice.class).item().state());
                            System.exit(bridge.close(5000));
                        }
                    }
                    case GONE -> System.exit(1);
                    default -> { }
                }
            }
        }
        System.exit(1);
    }

    private static JsonElement read(String file) throws IOException {
        return JsonParser.parseString(Files.readString(Path.of(file)));
    }
}
