package fr.dmp.bridge;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The bridge of the DMP as a child process.
 *
 * <p>One thread asks and polls, that of the user interface for instance; nothing is ever called back. A bridge that dies
 * is started again after 0.1, 0.5, 2 and 5 seconds and hears again who works and which patients are open; a
 * `document/saved` or `host/event` that was not answered is sent again as it was, and the bridge keeps it once. Any
 * other request that was open ends as {@link Kind#ERROR}. A bridge that refuses `initialize` (an error with id 0) is not
 * started again: what was asked ends as ERROR too, then GONE comes. Every error has `data`: `code`, `sentence` and
 * `remedy` in French for the operator, `detail` for the developer.
 */
public final class Bridge implements AutoCloseable {
    public static final String PROTOCOL = "1.0";
    private static final long[] BACK_OFF = {100, 500, 2000, 5000};
    private static final Set<String> REPEATABLE = Set.of("document/saved", "host/event");
    private static final long LAST_WORDS = 200; // milliseconds: a bridge that closed its output is about to end
    private static final String ENDED = "Le pont vers le DMP est arrêté.";
    private static final String REMEDY =
            "Recommencez\u00a0; si cela se répète, redémarrez le logiciel et transmettez ce code à l’éditeur du LGO.";
    private static final Gson GSON = new Gson();

    /** What a message is. */
    public enum Kind { NOTHING, STARTED, RESULT, ERROR, NOTICE, GONE }

    /** One thing that the bridge said. `id`: the request it answers; `method`: the name of a notice. */
    public record Message(Kind kind, int id, String method, JsonElement content) {
        /** The content as a record of {@link Types}. */
        public <T> T as(Class<T> type) {
            return GSON.fromJson(content, type);
        }
    }

    private record Request(int id, String method, JsonElement params, boolean ours) {}

    private static final Message NOTHING = new Message(Kind.NOTHING, 0, "", new JsonObject());

    private final List<String> command;
    private final JsonObject introduction;
    private final Map<Integer, Request> sent = new LinkedHashMap<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Deque<Message> lost = new ArrayDeque<>();
    private final Map<String, JsonElement> patients = new LinkedHashMap<>();
    private JsonElement operator;
    private Run run;
    private boolean ready;
    private boolean over;
    private int starts;
    private int lastId;
    private long startAt;

    /** Start the bridge; `introduction`: the parameters of `initialize`, the protocol's version is added. */
    public Bridge(List<String> command, Object introduction) throws IOException {
        this.command = List.copyOf(command);
        this.introduction = GSON.toJsonTree(introduction).getAsJsonObject().deepCopy();
        this.introduction.addProperty("protocol_version", PROTOCOL);
        start();
    }

    /** Ask; `params`: a record of {@link Types}, a Map or JSON. The number of the request, whose answer is polled. */
    public int ask(String method, Object params) {
        if (over) throw new IllegalStateException("Le pont vers le DMP est arrêté.");
        Request asked = new Request(++lastId, method, GSON.toJsonTree(params), false);
        if (ready) send(asked);
        else waiting.add(asked);
        return asked.id();
    }

    /** Give a request up; its answer, if one comes, is an error. */
    public void cancel(int id) {
        if (ready && sent.containsKey(id)) run.tell("$/cancelRequest", GSON.toJsonTree(Map.of("id", id)));
    }

    /** What came next within so many milliseconds; of kind NOTHING where nothing did. */
    public Message poll(long milliseconds) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (true) {
            if (!lost.isEmpty()) return lost.poll();
            if (over) return NOTHING;
            long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()));
            Message said = run == null ? revive(left) : heard(run.next(left));
            if (said.kind() != Kind.NOTHING || System.nanoTime() >= until && lost.isEmpty()) return said;
        }
    }

    /** Say goodbye. The exit status of the bridge, -1 where it had to be ended. */
    public int close(long milliseconds) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        starts = BACK_OFF.length;
        if (ready) {
            int goodbye = ask("shutdown", Map.of());
            while (ready && sent.containsKey(goodbye) && System.nanoTime() < until) poll(50);
            if (ready) run.tell("exit", new JsonObject());
        }
        over = true;
        ready = false;
        Run last = run;
        run = null;
        return last == null ? -1 : last.end(Math.max(0, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
    }

    @Override
    public void close() {
        close(5000);
    }

    private void start() throws IOException {
        run = new Run(command);
        Request first = new Request(++lastId, "initialize", introduction, true);
        sent.put(first.id(), first);
        run.write(first);
    }

    private Message revive(long left) {
        long pause = Math.max(0, TimeUnit.NANOSECONDS.toMillis(startAt - System.nanoTime()));
        try {
            Thread.sleep(Math.min(left, pause));
            if (pause <= left) start();
        } catch (IOException error) {
            fall();
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
        return NOTHING;
    }

    private void send(Request asked) {
        sent.put(asked.id(), asked);
        run.write(asked);
    }

    private Message heard(JsonObject message) {
        if (message == null) return NOTHING;
        if (message == Run.END) {
            fall();
            return NOTHING;
        }
        if (message.has("method")) {
            return new Message(Kind.NOTICE, 0, message.get("method").getAsString(), message.get("params"));
        }
        JsonElement id = message.get("id");
        Request asked = id == null || id.isJsonNull() ? null : sent.remove(id.getAsInt());
        return asked == null ? NOTHING : answered(asked, message);
    }

    private Message answered(Request asked, JsonObject message) {
        JsonElement error = message.get("error");
        if (asked.method().equals("initialize")) {
            if (error != null) {
                finish("");
                return new Message(Kind.ERROR, 0, "", error);
            }
            introduce();
            return new Message(Kind.STARTED, 0, "", message.get("result"));
        }
        if (asked.ours()) return NOTHING;
        if (error != null) return new Message(Kind.ERROR, asked.id(), "", error);
        starts = 0;
        remember(asked);
        return new Message(Kind.RESULT, asked.id(), "", message.get("result"));
    }

    /** A bridge that has just started hears what an earlier one knew; then what waits is asked. */
    private void introduce() {
        ready = true;
        run.tell("initialized", new JsonObject());
        if (operator != null) send(new Request(++lastId, "operator/changed", operator, true));
        for (JsonElement patient : patients.values()) send(new Request(++lastId, "patient/opened", patient, true));
        while (!waiting.isEmpty()) send(waiting.poll());
    }

    private void remember(Request done) {
        JsonObject params = done.params().getAsJsonObject();
        switch (done.method()) {
            case "operator/changed" -> operator = params;
            case "patient/opened", "patient/updated" ->
                patients.put(params.getAsJsonObject("patient").get("host_id").getAsString(), params);
            case "patient/closed" -> patients.remove(params.get("host_id").getAsString());
            default -> { }
        }
    }

    /** No more will come: what waits ends. */
    private void finish(String why) {
        over = true;
        while (!waiting.isEmpty()) lost.add(ended(waiting.poll(), why));
        lost.add(new Message(Kind.GONE, 0, "", gone(why)));
    }

    private void fall() {
        String why = run == null ? "it cannot be started" : "exit status " + run.end(LAST_WORDS) + ", -1: ended by force";
        run = null;
        ready = false;
        List<Request> open = new ArrayList<>(sent.values());
        sent.clear();
        over = starts >= BACK_OFF.length;
        for (int n = open.size() - 1; n >= 0; n--) {
            Request asked = open.get(n);
            if (asked.ours()) continue;
            if (!over && REPEATABLE.contains(asked.method())) waiting.addFirst(asked);
            else lost.addFirst(ended(asked, why));
        }
        if (over) {
            finish(why);
        } else {
            startAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BACK_OFF[starts++]);
        }
    }

    private static Message ended(Request asked, String why) {
        return new Message(Kind.ERROR, asked.id(), "", gone(why));
    }

    /** The error that the bridge cannot give itself, with the fields of all errors. */
    private static JsonObject gone(String why) {
        JsonObject data = new JsonObject();
        data.addProperty("code", "DMP-LINK-001");
        data.addProperty("sentence", ENDED);
        data.addProperty("remedy", REMEDY);
        data.addProperty("mender", "l’éditeur du LGO");
        data.addProperty("detail", "the bridge ended before it answered (" + why + "); its standard error says why");
        JsonObject error = new JsonObject();
        error.addProperty("code", 0);
        error.addProperty("message", ENDED);
        error.add("data", data);
        return error;
    }

    /** One run of the program: a thread of ours empties its output into a queue, and calls nothing of the host. */
    private static final class Run {
        static final JsonObject END = new JsonObject();
        private static final byte[] LAST = new byte[0];
        private static final int HEAD = 8192; // bytes of one header line
        private final Process process;
        private final BlockingQueue<JsonObject> said = new LinkedBlockingQueue<>();
        private final BlockingQueue<byte[]> toSay = new LinkedBlockingQueue<>();

        Run(List<String> command) throws IOException {
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            begin(this::readAll, "dmp-bridge");
            begin(this::writeAll, "dmp-bridge-out"); // a bridge that does not read fills its pipe, and stops no host
        }

        private static void begin(Runnable work, String name) {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            thread.start();
        }

        JsonObject next(long milliseconds) {
            try {
                return said.poll(milliseconds, TimeUnit.MILLISECONDS);
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
                return null;
            }
        }

        void write(Request asked) {
            JsonObject message = message(asked.method(), asked.params());
            message.addProperty("id", asked.id());
            write(message);
        }

        void tell(String method, JsonElement params) {
            write(message(method, params));
        }

        int end(long milliseconds) {
            toSay.add(LAST);
            try {
                if (process.waitFor(milliseconds, TimeUnit.MILLISECONDS)) return process.exitValue();
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
            process.destroyForcibly();
            return -1;
        }

        private static JsonObject message(String method, JsonElement params) {
            JsonObject message = new JsonObject();
            message.addProperty("jsonrpc", "2.0");
            message.addProperty("method", method);
            message.add("params", params);
            return message;
        }

        private void write(JsonObject message) {
            byte[] body = GSON.toJson(message).getBytes(StandardCharsets.UTF_8);
            toSay.add(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            toSay.add(body);
        }

        private void writeAll() {
            try (OutputStream output = process.getOutputStream()) {
                for (byte[] piece = toSay.take(); piece != LAST; piece = toSay.take()) {
                    output.write(piece);
                    if (toSay.isEmpty()) output.flush();
                }
            } catch (IOException error) {
                // the bridge ended: the reader sees it, and what waits ends
            } catch (InterruptedException error) {
                Thread.currentThread().interrupt();
            }
        }

        private void readAll() {
            try (DataInputStream input = new DataInputStream(process.getInputStream())) {
                for (byte[] body = frame(input); body != null; body = frame(input)) {
                    said.add(JsonParser.parseString(new String(body, StandardCharsets.UTF_8)).getAsJsonObject());
                }
            } catch (IOException | JsonParseException | IllegalStateException error) {
                process.destroyForcibly(); // what cannot be read any more is of no use
            } finally {
                said.add(END);
            }
        }

        private static byte[] frame(DataInputStream input) throws IOException {
            int length = -1;
            for (String line = line(input); line != null; line = line(input)) {
                if (line.isEmpty()) {
                    if (length < 0) throw new IOException("Content-Length is missing");
                    byte[] body = new byte[length];
                    input.readFully(body);
                    return body;
                }
                if (line.indexOf(':') < 0) throw new IOException("no header");
                if (line.startsWith("Content-Length:")) length = Integer.parseInt(line.substring(15).trim());
            }
            return null;
        }

        private static String line(InputStream input) throws IOException {
            StringBuilder line = new StringBuilder();
            for (int one = input.read(); one >= 0; one = input.read()) {
                if (one == '\n') return line.toString();
                if (line.length() > HEAD) throw new IOException("no header");
                if (one != '\r') line.append((char) one);
            }
            return null;
        }
    }
}
