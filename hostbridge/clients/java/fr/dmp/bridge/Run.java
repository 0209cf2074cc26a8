package fr.dmp.bridge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One run of the program: a thread of ours empties its output into a queue, and calls nothing of the host. */
final class Run {
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

    void ask(int id, String method, JsonElement params) {
        JsonObject message = message(method, params);
        message.addProperty("id", id);
        write(message);
    }

    void tell(String method, JsonElement params) {
        write(message(method, params));
    }

    void hangUp() {
        toSay.add(LAST);
    }

    int end(long milliseconds) {
        hangUp();
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
        byte[] body = Bridge.GSON.toJson(message).getBytes(StandardCharsets.UTF_8);
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
