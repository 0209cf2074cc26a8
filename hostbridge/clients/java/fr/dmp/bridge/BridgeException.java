package fr.dmp.bridge;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** The bridge answered with an error, or not at all. The message and the remedy are French, for the operator. */
public final class BridgeException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient JsonObject error;

    BridgeException(JsonObject error) {
        super(text(error, "sentence").isEmpty() ? error.get("message").getAsString() : text(error, "sentence"));
        this.error = error;
    }

    /** DMP-RIGHT-001...; DMP-LINK-001: no bridge; DMP-LINK-002: no answer in time. */
    public String code() {
        return text(error, "code");
    }

    public String remedy() {
        return text(error, "remedy");
    }

    /** For the developer. */
    public String detail() {
        return text(error, "detail");
    }

    /** The whole error: `code`, `message`, `data`. */
    public JsonObject content() {
        return error;
    }

    private static String text(JsonObject error, String name) {
        JsonElement data = error.get("data");
        JsonElement found = data == null || !data.isJsonObject() ? null : data.getAsJsonObject().get(name);
        return found == null || found.isJsonNull() ? "" : found.getAsString();
    }
}
