package io.augserve.examples.openai;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.RequestRejectedException;
import java.time.Duration;
import java.util.Optional;

/** An answer that says what is wrong, in OpenAI's shape: {@code {"error": {"message", "type", "param", "code"}}}. */
final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int LONGEST = 1_000;

    private final int status;
    private final String type;
    private final transient Optional<String> param;
    private final transient Optional<String> code;
    private final transient Optional<Duration> retryAfter;

    private transient Optional<String> allowed = Optional.empty();

    private ApiException(int status, String type, Optional<String> param, Optional<String> code, String message,
            Optional<Duration> retryAfter) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.param = param;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    private static ApiException of(int status, String type, String code, String message) {
        return new ApiException(status, type, Optional.empty(), Optional.of(code), message, Optional.empty());
    }

    private static ApiException ofParam(String param, String code, String message) {
        return new ApiException(400, INVALID, Optional.of(param), Optional.of(code), message, Optional.empty());
    }

    /** 400: the request makes no sense as a whole. */
    static ApiException malformed(String message) {
        return new ApiException(400, INVALID, Optional.empty(), Optional.empty(), message, Optional.empty());
    }

    /** 400: a member is not there. */
    static ApiException missing(String param) {
        return ofParam(param, "missing_required_parameter", "Missing required parameter: '" + param + "'.");
    }

    /** 400: a member has another type than it should. */
    static ApiException wrongType(String param, String expected, String got) {
        return ofParam(param, "invalid_type",
                "Invalid type for '" + param + "': expected " + expected + ", but got " + got + " instead.");
    }

    /** 400: a member has a value that makes no sense. */
    static ApiException invalid(String param, String message) {
        return ofParam(param, "invalid_value", "Invalid '" + param + "': " + message);
    }

    /** 400: OpenAI's servers know this member, this one does not. */
    static ApiException unsupported(String param, String message) {
        return ofParam(param, "unsupported_parameter", "Unsupported '" + param + "': " + message);
    }

    /** 401. */
    static ApiException unauthorized() {
        return of(401, INVALID, "invalid_api_key",
                "Incorrect or missing API key: expected the header 'Authorization: Bearer KEY'.");
    }

    /** 404: no such path. */
    static ApiException unknownPath(String method, String path) {
        return of(404, INVALID, "unknown_url", "Unknown request URL: " + method + " " + cut(path) + ".");
    }

    /** 404: no such model. */
    static ApiException unknownModel(String asked, String served) {
        return new ApiException(404, INVALID, Optional.of("model"), Optional.of("model_not_found"),
                "The model '" + cut(asked) + "' does not exist; this server has '" + served + "'.", Optional.empty());
    }

    /** 405. */
    static ApiException wrongMethod(String method, String allowed) {
        ApiException e = of(405, INVALID, "method_not_supported",
                "Not allowed: " + cut(method) + "; this URL is for " + allowed + ".");
        e.allowed = Optional.of(allowed);
        return e;
    }

    /** 408: the request did not come to its end. */
    static ApiException tooSlow() {
        return of(408, INVALID, "request_timeout", "The request did not arrive in time.");
    }

    /** 413. */
    static ApiException tooLarge(String message) {
        return of(413, INVALID, "request_too_large", message);
    }

    /** 415. */
    static ApiException wrongContentType(String got) {
        return of(415, INVALID, "unsupported_media_type",
                "Unsupported content type '" + cut(got) + "': expected 'application/json'.");
    }

    /** 431 or 414: a header or the request's line is too long. */
    static ApiException headTooLong(int status, String message) {
        return of(status, INVALID, "request_head_too_long", message);
    }

    /** 429. */
    static ApiException busy(String message, Duration retryAfter) {
        return new ApiException(429, "rate_limit_error", Optional.empty(), Optional.of("rate_limit_exceeded"), message,
                Optional.of(retryAfter));
    }

    /** 503: nothing more is taken. */
    static ApiException closed(String message) {
        return new ApiException(503, SERVER, Optional.empty(), Optional.of("service_unavailable"), message,
                Optional.of(SOON));
    }

    /** 500: the fault is here. */
    static ApiException internal(String message) {
        return of(500, SERVER, "internal_error", message);
    }

    /** What a refusal of the server means over HTTP. */
    static ApiException of(RequestRejectedException e, String promptParam) {
        String message = String.valueOf(e.getMessage());
        return switch (e.reason()) {
            case QUEUE_FULL, OVERLOADED, DUPLICATE_ID -> busy(message, e.retryAfter().orElse(SOON));
            case PROMPT_TOO_LONG -> ofParam(promptParam, "context_length_exceeded", message);
            case INVALID -> malformed(message);
            case CLOSED -> closed(message);
        };
    }

    /** What a failure while tokens were made means over HTTP. */
    static ApiException of(Throwable failure) {
        return switch (failure) {
            case ApiException known -> known;
            case RequestRejectedException e -> of(e, "messages");
            case GenerationFailedException e when e.getCause() instanceof RequestRejectedException rejected ->
                busy(String.valueOf(rejected.getMessage()), rejected.retryAfter().orElse(SOON));
            case GenerationFailedException e -> internal(oneLine(String.valueOf(e.getMessage())));
            default -> internal("The server failed: " + failure.getClass().getSimpleName());
        };
    }

    private static String oneLine(String text) {
        return cut(text.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    /** Of HTTP. */
    int status() {
        return status;
    }

    /** When trying again may help. */
    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /** The method that a URL is for, if that is what is wrong. */
    Optional<String> allowed() {
        return allowed;
    }

    /** The body. */
    JsonObject toJson() {
        JsonObject error = new JsonObject();
        error.addProperty("message", oneLine(String.valueOf(getMessage())));
        error.addProperty("type", type);
        param.ifPresentOrElse(name -> error.addProperty("param", name), () -> error.add("param", JsonNull.INSTANCE));
        code.ifPresentOrElse(name -> error.addProperty("code", name), () -> error.add("code", JsonNull.INSTANCE));
        JsonObject root = new JsonObject();
        root.add("error", error);
        return root;
    }
}
