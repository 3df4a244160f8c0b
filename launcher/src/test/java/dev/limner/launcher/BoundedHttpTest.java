package dev.limner.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BoundedHttpTest {
    /** Answers every connection with the same bytes and keeps it open. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final List<Socket> open = new ArrayList<>();

        Server(String answer) throws IOException {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        Socket one = socket.accept();
                        open.add(one);
                        one.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    // Closed.
                }
            });
        }

        HttpRequest request() {
            return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/q"))
                    .build();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            for (Socket one : open) {
                one.close();
            }
        }
    }

    @Test
    @Timeout(30)
    void shouldGiveUpOnABodyThatDoesNotCome() throws IOException {
        try (Server server = new Server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")) {
            assertThatThrownBy(() -> BoundedHttp.send(server.request(), Duration.ofMillis(500)))
                    .isInstanceOf(HttpTimeoutException.class)
                    .hasMessageEndingWith("/q has not answered in full within 500 ms");
        }
    }

    @Test
    @Timeout(30)
    void shouldGiveWhatIsAnswered() throws Exception {
        try (Server server = new Server("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nhalf")) {
            assertThat(BoundedHttp.send(server.request(), Duration.ofSeconds(20))
                            .statusCode())
                    .isEqualTo(404);
            assertThat(BoundedHttp.send(server.request(), Duration.ofSeconds(20))
                            .body())
                    .isEqualTo("half");
        }
        assertThatThrownBy(() -> BoundedHttp.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:1/"))
                                .build(),
                        Duration.ofSeconds(20)))
                .isInstanceOf(IOException.class);
    }
}
