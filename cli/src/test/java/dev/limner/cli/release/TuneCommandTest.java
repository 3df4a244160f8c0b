package dev.limner.cli.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TuneCommandTest {
    private final HttpServer trainer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final String address = "http://localhost:" + trainer.getAddress().getPort();

    TuneCommandTest() throws IOException {}

    @AfterEach
    void stop() {
        trainer.stop(0);
    }

    @Test
    void shouldNameTheReportOfARoundThatHasOne() {
        answer(Map.of(
                "/rounds", "{\"id\":7,\"state\":\"REJECTED\",\"notes\":[]}",
                "/status", "{\"steps\":0}",
                "/rounds/7/report", "<html>"));

        assertThat(tune()).endsWith("round 7 rejected; report: " + address + "/rounds/7/report");
    }

    @Test
    void shouldNameNoReportWhereThereIsNone() {
        answer(Map.of(
                "/rounds", "{\"id\":1,\"state\":\"BLOCKED\",\"notes\":[\"too few opinions\"]}",
                "/status", "{\"steps\":0}"));

        assertThat(tune()).contains("too few opinions").endsWith("round 1 blocked");
    }

    private String tune() {
        StringWriter out = new StringWriter();
        int code = new CommandLine(new TuneCommand())
                .setOut(new PrintWriter(out, true))
                .execute("--trainer", address);
        assertThat(code).isEqualTo(1);
        return out.toString().strip();
    }

    private void answer(Map<String, String> pages) {
        trainer.createContext("/", exchange -> {
            String page = pages.get(exchange.getRequestURI().getPath());
            byte[] body = String.valueOf(page).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(page == null ? 404 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        trainer.start();
    }
}
