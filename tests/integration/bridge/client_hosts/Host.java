import com.google.gson.JsonParser;
import fr.dmp.bridge.Bridge;
import fr.dmp.bridge.BridgeException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** A host in Java that does what the test writes to it, a line each: see clients_driven.py. */
public final class Host {
    private Host() {}

    public static void main(String[] command) throws IOException, InterruptedException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream output = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Bridge bridge = new Bridge(List.of(command), JsonParser.parseString(input.readLine()));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] word = line.split("\t");
            switch (word[0]) {
                case "call" -> output.println(told(bridge, word));
                case "poll" -> {
                    Bridge.Message said = bridge.poll(Long.parseLong(word[1]));
                    output.println(said.kind().name().toLowerCase(Locale.ROOT) + "\t" + said.method() + "\t" + said.content());
                }
                case "both" -> output.println("both\t\t" + both(bridge, word));
                case "close" -> {
                    output.println("closed\t\t" + bridge.close(Long.parseLong(word[1])));
                    System.exit(0);
                }
                default -> { }
            }
        }
        System.exit(2);
    }

    private static String told(Bridge bridge, String[] word) {
        try {
            return "result\t" + word[1] + "\t" + bridge.call(word[1], JsonParser.parseString(word[2]), Long.parseLong(word[3]));
        } catch (BridgeException error) {
            if (error.code().isEmpty() || error.remedy().isEmpty() || error.detail().isEmpty()) throw error;
            return "error\t" + word[1] + "\t" + error.content();
        }
    }

    private static int both(Bridge bridge, String[] word) throws InterruptedException {
        AtomicInteger right = new AtomicInteger();
        Runnable calls = () -> {
            for (int n = 0; n < Integer.parseInt(word[3]); n++) {
                bridge.call(word[1], JsonParser.parseString(word[2]), Long.parseLong(word[4]));
                right.incrementAndGet();
            }
        };
        Thread other = new Thread(calls);
        other.start();
        calls.run();
        other.join();
        return right.get();
    }
}
