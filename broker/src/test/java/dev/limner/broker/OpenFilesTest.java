package dev.limner.broker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenFilesTest {
    @Test
    void shouldLeaveABrokerWhatItNeedsItself() {
        assertThat(OpenFiles.connections(256)).hasValue(56);
        assertThat(OpenFiles.connections(64)).hasValue(24);
        assertThat(OpenFiles.connections(1024)).isEmpty();
        assertThat(OpenFiles.connections(1_048_576)).isEmpty();
    }

    @Test
    void shouldSayThatThereAreFew() {
        assertThat(OpenFiles.complaint(256))
                .hasValue(
                        "only 256 files may be open at once (ulimit -n), 56 of them connections to the broker: enough for a"
                                + " worker or two; ulimit -n 1024 is enough for many");
        assertThat(OpenFiles.complaint(4096)).isEmpty();
        assertThat(OpenFiles.most()).isPositive();
    }
}
