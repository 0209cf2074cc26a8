package fr.dmp.bridge;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The bridge of the DMP as a child process.
 *
 * <p>Any thread may ask and call; one polls, that of the user interface for instance; nothing is ever called back. A
 * bridge that dies is started again after 0.1, 0.5, 2 and 5 seconds and hears again who works and which patients are
 * open; a `document/saved` or `host/event` that was not answered is sent again as it was, and the bridge keeps it once.
 * Any other request that was open ends as {@link Kind#ERROR}. A bridge that never worked (it does not start, or ends at
 * once) or that refuses `initialize` (an error with id 0) is not started again by itself: what was asked ends as ERROR
 * too, with the reason, then GONE comes. What is asked later starts it anew. Every error has `data`: `code`, `sentence`
 * and `remedy` in French for the operator, `detail` for the developer.
 */
public final class Bridge implements AutoCloseable {
    public static final String PROTOCOL = "1.0";
    private static final long[] BACK_OFF = {100, 500, 2000, 5000};
    private static final Set<String> REPEATABLE = Set.of("document/saved", "host/event");
    private static final long LAST_WORDS = 200; // milliseconds: a bridge that closed its output is about to end
    private static final long TURN = 10; // milliseconds that one thread waits before another one may ask
    private static final String LATE = "Le pont vers le DMP n’a pas répondu à temps.";
    private static final String AGAIN = "Recommencez dans un instant.";
    private static final String ENDED = "Le pont vers le DMP est arrêté.";
    private static final String REMEDY =
            "Recommencez\u00a0; si cela se répète, redémarrez le logiciel et transmettez ce code à l’éditeur du LGO.";
    static final Gson GSON = new Gson();

    /** What a message is. */
    public enum Kind { NOTHING, STARTED, RESULT, ERROR, NOTICE, GONE }

    /** One thing that the bridge said. `id`: the request it answers; `method`: the name of a notice. */
    public record Message(Kind kind, int id, String method, JsonElement content) {
        /** The content as a record of {@link Types}. */
        public <T> T as(Class<T> type) {
            return GSON.fromJson(content, type);
        }
    }

    /** `ours`: nobody waits for its answer. */
    private record Request(int id, String method, JsonElement params, boolean ours) {}

    private static final Message NOTHING = new Message(Kind.NOTHING, 0, "", new JsonObject());

    private final List<String> command;
    private final JsonObject introduction;
    private final Map<Integer, Request> sent = new LinkedHashMap<>();
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Deque<Message> kept = new ArrayDeque<>(); // what comes at the next polls
    private final Map<Integer, Message> answers = new HashMap<>(); // NOTHING: call waits for it, and poll does not give it
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Map<String, JsonElement> patients = new LinkedHashMap<>();
    private JsonElement operator;
    private Run run;
    private boolean ready;
    private boolean over;
    private boolean ran; // it answered `initialize` since the host opened it, or asked it anew
    private boolean closed;
    private JsonElement refused; // its answer to `initialize` where that was an error
    private int starts;
    private int lastId;
    private long startAt;
    private String why = ""; // how the last one ended

    /**
     * Start the bridge; `introduction`: the parameters of `initialize`, the protocol's version is added. What does not
     * start says why to the first call or poll.
     */
    public Bridge(List<String> command, Object introduction) {
        this.command = List.copyOf(command);
        this.introduction = GSON.toJsonTree(introduction).getAsJsonObject().deepCopy();
        this.introduction.addProperty("protocol_version", PROTOCOL);
        start();
    }

    /** Ask; `params`: a record of {@link Types}, a Map or JSON. The number of the request, whose answer is polled. */
    public int ask(String method, Object params) {
        return ask(method, params, false);
    }

    /** The result, waited for at most so many milliseconds. What else the bridge says meanwhile comes at the next polls. */
    public JsonElement call(String method, Object params, long milliseconds) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        int id = ask(method, params, true);
        Message answer = next(() -> answers.get(id), until);
        turn.lock();
        try {
            answers.remove(id);
            if (answer.kind() == Kind.NOTHING) throw new BridgeException(givenUp(id, method));
        } finally {
            turn.unlock();
        }
        if (answer.kind() == Kind.ERROR) throw new BridgeException(answer.content().getAsJsonObject());
        return answer.content();
    }

    /** The same as a record of {@link Types}. */
    public <T> T call(String method, Object params, Class<T> type, long milliseconds) {
        return GSON.fromJson(call(method, params, milliseconds), type);
    }

    /** Give a request up; its answer, if one comes, is an error. */
    public void cancel(int id) {
        turn.lock();
        try {
            if (ready && sent.containsKey(id)) run.tell("$/cancelRequest", GSON.toJsonTree(Map.of("id", id)));
        } finally {
            turn.unlock();
        }
    }

    /** What came next within so many milliseconds; of kind NOTHING where nothing did. */
    public Message poll(long milliseconds) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        return next(() -> kept.isEmpty() ? NOTHING : kept.poll(), until);
    }

    /** Say goodbye. The exit status of the bridge, -1 where it had to be ended. */
    public int close(long milliseconds) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        closed = true; // it is not started again now
        if (ready) {
            try {
                call("shutdown", Map.of(), milliseconds);
            } catch (BridgeException error) {
                // it leaves all the same: its pipe closes
            }
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

    private int ask(String method, Object params, boolean call) {
        turn.lock();
        try {
            Request asked = new Request(++lastId, method, GSON.toJsonTree(params), false);
            if (call) answers.put(asked.id(), NOTHING);
            if (over && !closed) revive();
            if (ready) send(asked);
            else if (over) keep(ended(asked));
            else waiting.add(asked);
            return asked.id();
        } finally {
            turn.unlock();
        }
    }

    /** The host asks one that was given up: somebody may have mended it. */
    private void revive() {
        if (run != null) run.end(0); // it refused this host, and is leaving
        run = null;
        over = ran = false;
        refused = null;
        starts = 0;
        startAt = System.nanoTime();
    }

    /** What is given later: to the call that waits for it, or by the next poll. */
    private void keep(Message said) {
        if (said.kind() != Kind.NOTHING && answers.replace(said.id(), said) == null) kept.add(said);
    }

    /** What `wanted` finds among what came; another thread may take its turn between two steps. */
    private Message next(Supplier<Message> wanted, long until) {
        while (true) {
            turn.lock();
            try {
                Message found = wanted.get();
                if (found.kind() != Kind.NOTHING) return found;
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                boolean moved = once(Math.max(0, Math.min(left, TURN)));
                if (left <= 0 && !moved) return wanted.get();
            } finally {
                turn.unlock();
            }
        }
    }

    /** One step, which waits for at most so many milliseconds; whether the bridge said something. */
    private boolean once(long left) {
        try {
            if (run != null && !over) {
                JsonObject message = run.next(left);
                if (message != null) keep(heard(message));
                return message != null;
            }
            long pause = over ? left : Math.min(left, Math.max(0, TimeUnit.NANOSECONDS.toMillis(startAt - System.nanoTime())));
            Thread.sleep(pause);
            if (!over && startAt <= System.nanoTime()) start();
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Nobody waits for it any more: what the bridge still answers is dropped. */
    private JsonObject givenUp(int id, String method) {
        Request asked = sent.get(id);
        if (ready && asked != null) {
            sent.put(id, new Request(id, method, asked.params(), true));
            run.tell("$/cancelRequest", GSON.toJsonTree(Map.of("id", id)));
        }
        waiting.removeIf(one -> one.id() == id);
        return fault("DMP-LINK-002", LATE, AGAIN, method + ": no answer in the time given");
    }

    private void start() {
        try {
            run = new Run(command);
        } catch (IOException error) {
            fall("it cannot be started, " + error.getMessage());
            return;
        }
        Request first = new Request(++lastId, "initialize", introduction, true);
        sent.put(first.id(), first);
        run.ask(first.id(), first.method(), first.params());
    }

    private void send(Request asked) {
        sent.put(asked.id(), asked);
        run.ask(asked.id(), asked.method(), asked.params());
    }

    private Message heard(JsonObject message) {
        if (message == Run.END) {
            int status = run.end(LAST_WORDS);
            fall(status < 0 ? "it was ended by force" : "exit status " + status);
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
                refused = error;
                keep(new Message(Kind.ERROR, 0, "", error));
                run.hangUp();
                finish();
                return NOTHING;
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
        ready = ran = true;
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

    /** No more will come by itself: what waits ends. */
    private void finish() {
        over = true;
        while (!waiting.isEmpty()) keep(ended(waiting.poll()));
        keep(new Message(Kind.GONE, 0, "", gone()));
    }

    /** It ended, or does not start. One that never worked is not tried again by itself: its command is wrong. */
    private void fall(String how) {
        why = how;
        run = null;
        ready = false;
        boolean last = closed || !ran || starts >= BACK_OFF.length;
        List<Request> again = new ArrayList<>();
        for (Request asked : sent.values()) {
            if (asked.ours()) continue;
            if (!last && REPEATABLE.contains(asked.method())) again.add(asked);
            else keep(ended(asked));
        }
        sent.clear();
        for (int n = again.size() - 1; n >= 0; n--) waiting.addFirst(again.get(n));
        if (last) finish();
        else startAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BACK_OFF[starts++]);
    }

    private Message ended(Request asked) {
        return new Message(Kind.ERROR, asked.id(), "", gone());
    }

    private JsonObject gone() {
        if (refused != null) return refused.getAsJsonObject();
        String detail = why + "; its standard error says why: start the same command in a terminal";
        return fault("DMP-LINK-001", ENDED, REMEDY, detail);
    }

    /** An error that the bridge cannot give itself, with the fields of all errors. */
    private static JsonObject fault(String code, String sentence, String remedy, String detail) {
        JsonObject data = new JsonObject();
        data.addProperty("code", code);
        data.addProperty("sentence", sentence);
        data.addProperty("remedy", remedy);
        data.addProperty("mender", "l’éditeur du LGO");
        data.addProperty("detail", detail);
        JsonObject error = new JsonObject();
        error.addProperty("code", 0);
        error.addProperty("message", sentence);
        error.add("data", data);
        return error;
    }
}
