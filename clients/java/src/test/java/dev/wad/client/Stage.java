package dev.wad.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A live daemon beside an emulator, which {@code python -m tests.conformance.stage} runs. */
final class Stage {
    private static final Pattern TEXT = Pattern.compile("\"(\\w+)\":\\s*\"([^\"\\\\]*)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final String url = System.getenv("WAD_STAGE");
    private final Map<String, String> addresses = new HashMap<>();

    /** Finds the stage; without one the test is skipped. */
    Stage() {
        assumeTrue(url != null, "WAD_STAGE is not set: there is no daemon to test against (make clients-test starts one)");
        Matcher found = TEXT.matcher(ask("GET", "/stage", BodyPublishers.noBody()));
        while (found.find()) {
            addresses.put(found.group(1), found.group(2));
        }
    }

    /** Returns a client that the daemon knows as its own user. */
    WadClient local() {
        return WadClient.builder().target(addresses.get("unix")).connect();
    }

    /** Returns a client that comes over TLS, with the token of that name, that token itself, or none. */
    WadClient remote(String token) {
        String tls = addresses.get("tls");
        assertNotNull(tls, "the stage has no encrypted listener");
        return WadClient.builder()
                .target(tls)
                .caFile(Path.of(addresses.get("ca_file")))
                .token(addresses.getOrDefault(token, token))
                .connect();
    }

    /** Lets an emulated phone scan a QR. */
    void scan(String qr) {
        String phone = "4917%09d".formatted(ThreadLocalRandom.current().nextInt(1_000_000_000));
        ask("POST", "/scan", BodyPublishers.ofString("{\"qr\": \"%s\", \"phone\": \"%s\"}".formatted(qr, phone)));
    }

    /** Restarts the daemon. */
    void restart() {
        ask("POST", "/restart", BodyPublishers.noBody());
    }

    private String ask(String method, String path, BodyPublisher body) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + path))
                    .version(HttpClient.Version.HTTP_1_1)
                    .method(method, body)
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer.body());
            return answer.body();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
