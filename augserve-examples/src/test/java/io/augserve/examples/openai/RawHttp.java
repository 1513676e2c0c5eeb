package io.augserve.examples.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends whatever bytes it likes. */
final class RawHttp implements AutoCloseable {
    private final Socket socket;

    RawHttp(SmallModel model) throws IOException {
        socket = new Socket("127.0.0.1", model.http.port());
        socket.setSoTimeout(30_000);
    }

    /**
     * An answer with a length.
     *
     * @param status of HTTP
     * @param headers by names in lower case
     * @param body text
     */
    record Answer(int status, Map<String, String> headers, String body) {
        JsonObject json() {
            return JsonParser.parseString(body).getAsJsonObject();
        }

        /** Checks that this is an error in OpenAI's shape, and returns it. */
        JsonObject error() {
            assertThat(headers).as(body).containsEntry("content-type", "application/json").containsKey("x-request-id");
            JsonObject root = json();
            assertThat(root.keySet()).containsExactly("error");
            JsonObject error = root.getAsJsonObject("error");
            assertThat(error.keySet()).containsExactly("message", "type", "param", "code");
            assertThat(error.get("message").getAsString()).isNotBlank().doesNotContain("\n");
            assertThat(error.get("type").getAsString()).isNotBlank();
            return error;
        }

        String param() {
            return error().get("param").isJsonNull() ? "" : error().get("param").getAsString();
        }

        String message() {
            return error().get("message").getAsString();
        }
    }

    RawHttp send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    RawHttp send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** A whole request with a JSON body. */
    RawHttp post(String path, String body) throws IOException {
        return send("POST " + path + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    Answer answer() throws IOException {
        String[] head = head().split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < head.length; i++) {
            String[] header = head[i].split(": ", 2);
            headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Answer(Integer.parseInt(head[0].split(" ")[1]), headers,
                new String(socket.getInputStream().readNBytes(length), StandardCharsets.UTF_8));
    }

    /** Everything until an empty line, or to the end. */
    String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** One line. */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = socket.getInputStream().read(); next >= 0
                && next != '\n'; next = socket.getInputStream().read()) {
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    /** Everything to the end. */
    String rest() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Whether the server has closed the connection. */
    boolean isClosed() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    /** Before anybody expects it. */
    void leave() throws IOException {
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
