package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real Chromium, without a screen. */
final class Browser {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    private Browser() {}

    /** The page loads in a browser, every image in it is decoded, and no script but the test's own is there. */
    static void assertShows(Path page, int images) throws Exception {
        assumeTrue(Files.exists(CHROMIUM), "no chromium on this machine");
        Path probe = Files.writeString(
                page.resolveSibling("probe.html"),
                Files.readString(page)
                        .replace("loading=\"lazy\"", "")
                        .replace(
                                "</body>",
                                "<script>addEventListener('load', () => document.title = 'drawn:' + [...document.images]"
                                        + ".filter(i => i.complete && i.naturalWidth > 15).length + ' scripts:' + document.scripts.length)</script></body>"));
        Process browser = new ProcessBuilder(
                        CHROMIUM.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + Files.createTempDirectory("chromium"),
                        "--virtual-time-budget=5000",
                        "--dump-dom",
                        probe.toUri().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String dom = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(dom).contains("<title>drawn:" + images + " scripts:1</title>");
    }
}
