package io.augserve.examples.soak;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.augserve.examples.soak.ExpectedAnswers.Exchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One client over HTTP, on a socket of its own: asks, reads the stream, compares the answer with the one that is expected for its question,
 * and asks again. Now and then it leaves instead, before the answer or within it.
 */
final class StreamingClient {
    private static final int READ_MILLIS = 60_000;
    private static final int LEAVES_AT_ONCE = 4;
    private static final int LEAVES_WITHIN = 12;
    private static final String EVENT = "data: ";

    private final URI server;
    private final String model;
    private final List<Exchange> questions;
    private final int maxTokens;
    private final SplittableRandom random;
    private final Tally tally;

    StreamingClient(URI server, String model, List<Exchange> questions, int maxTokens, SplittableRandom random,
            Tally tally) {
        this.server = server;
        this.model = model;
        this.questions = questions;
        this.maxTokens = maxTokens;
        this.random = random;
        this.tally = tally;
    }

    /** Asks until the time is over. */
    void run(long endNanos) {
        while (System.nanoTime() < endNanos) {
            Exchange exchange = questions.get(random.nextInt(questions.size()));
            try {
                converse(exchange, endNanos);
            } catch (IOException e) {
                tally.violation("'" + exchange.question() + "' was lost: " + e);
            }
        }
    }

    /** As long as the connection is kept. */
    private void converse(Exchange first, long endNanos) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_MILLIS);
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            Exchange exchange = first;
            do {
                ask(socket, exchange);
                int fate = random.nextInt(100);
                if (fate < LEAVES_AT_ONCE) {
                    tally.count("left_at_once");
                    return;
                }
                if (!answered(in, exchange, fate < LEAVES_AT_ONCE + LEAVES_WITHIN ? 1 + random.nextInt(6) : -1)) {
                    tally.count("left_within");
                    return;
                }
                exchange = questions.get(random.nextInt(questions.size()));
            } while (System.nanoTime() < endNanos);
        }
    }

    private void ask(Socket socket, Exchange exchange) throws IOException {
        JsonObject message = new JsonObject();
        message.addProperty("role", "user");
        message.addProperty("content", exchange.question());
        JsonObject body = new JsonObject();
        body.addProperty("model", model);
        JsonArray messages = new JsonArray();
        messages.add(message);
        body.add("messages", messages);
        body.addProperty("max_tokens", maxTokens);
        body.addProperty("temperature", 0);
        body.addProperty("stream", true);
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        String head = "POST /v1/chat/completions HTTP/1.1\r\nhost: " + server.getAuthority()
                + "\r\ncontent-type: application/json\r\ncontent-length: " + bytes.length + "\r\n\r\n";
        socket.getOutputStream().write((head + new String(bytes, StandardCharsets.UTF_8))
                .getBytes(StandardCharsets.UTF_8));
        tally.count("requests");
    }

    /** Reads an answer; false if the client leaves after so many events, which are not negative then. */
    private boolean answered(BufferedReader in, Exchange exchange, int leaveAfter) throws IOException {
        String status = in.readLine();
        if (status == null || !status.startsWith("HTTP/1.1 200")) {
            throw new IOException("answered with " + status);
        }
        StringBuilder answer = new StringBuilder();
        String id = "";
        int events = 0;
        while (true) {
            String line = in.readLine();
            if (line == null) {
                throw new IOException("the stream ended after " + events + " events");
            }
            // The rest are headers, sizes of chunks and empty lines: no event holds a line break.
            if (!line.startsWith(EVENT)) {
                continue;
            }
            if (line.equals(EVENT + "[DONE]")) {
                break;
            }
            JsonObject event = JsonParser.parseString(line.substring(EVENT.length())).getAsJsonObject();
            if (event.has("error")) {
                throw new IOException("an error came: " + line);
            }
            String own = event.get("id").getAsString();
            if (!id.isEmpty() && !own.equals(id)) {
                tally.violation("chunks of " + id + " and " + own + " in one stream");
            }
            id = own;
            JsonObject delta = event.getAsJsonArray("choices").get(0).getAsJsonObject().getAsJsonObject("delta");
            if (delta.has("content")) {
                answer.append(delta.get("content").getAsString());
            }
            if (++events == leaveAfter) {
                return false;
            }
        }
        // The empty chunk that ends the body: size, end.
        String line = in.readLine();
        while (line != null && !line.equals("0")) {
            line = in.readLine();
        }
        in.readLine();
        tally.count("answers");
        tally.add("output_tokens", exchange.outputTokens());
        if (!answer.toString().equals(exchange.answer())) {
            tally.violation("'" + exchange.question() + "' was answered with '" + answer + "', expected '"
                    + exchange.answer() + "'");
        }
        return true;
    }
}
