package dev.limner.cli.operate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedriveCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"malformed-json", "count-out-of-range", "caption-empty", "deadline-invalid"})
    void shouldSayThatAFaultInTheRecordStays(String code) {
        assertThat(RedriveCommand.prospect(code)).isEqualTo(": can only fail again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"worker-crashed", "device-failed", "store-rejected", "unknown-model", "id-conflict"})
    void shouldExpectNothingBadOfOtherCodes(String code) {
        assertThat(RedriveCommand.prospect(code)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = "of-a-later-release")
    void shouldSayNothingOfACodeItDoesNotKnow(String code) {
        assertThat(RedriveCommand.prospect(code)).isEmpty();
    }
}
