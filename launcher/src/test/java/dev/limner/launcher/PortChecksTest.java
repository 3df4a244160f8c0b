package dev.limner.launcher;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortChecksTest {
    @Test
    void shouldNameOptionPortAndHolderOfATakenPort() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
            assertThatThrownBy(() -> PortChecks.require(
                            List.of(new PortChecks.Wanted("--http-port", taken.getLocalPort(), "worker-1"))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("port " + port + " for worker-1 is in use by process "
                            + ProcessHandle.current().pid() + " (")
                    .hasMessageEndingWith("; stop it or give another --http-port");
        }
        assertThatCode(() -> PortChecks.require(List.of(new PortChecks.Wanted("--http-port", port, "worker-1"))))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseOnePortForTwo() {
        assertThatThrownBy(() -> PortChecks.require(List.of(
                        new PortChecks.Wanted("--http-port", 23_457, "worker-2"),
                        new PortChecks.Wanted("--trainer-port", 23_457, "the trainer"))))
                .isInstanceOf(UsageException.class)
                .hasMessage("port 23457 is wanted by worker-2 (--http-port) and by the trainer (--trainer-port)");
        assertThatCode(() -> PortChecks.require(List.of(
                        new PortChecks.Wanted("--http-port", 0, "worker-1"),
                        new PortChecks.Wanted("--http-port", 0, "worker-2"))))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseWhatIsNoPort() {
        assertThatThrownBy(() -> new PortChecks.Wanted("--port", -1, "the broker"))
                .isInstanceOf(UsageException.class);
        assertThatCode(() -> new PortChecks.Wanted("--port", 65_535, "the broker"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> new PortChecks.Wanted("--http-port", 65_536, "worker-2"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--http-port makes 65536 the port of worker-2, must be from 0 to 65535");
    }
}
