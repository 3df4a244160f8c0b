package dev.limner.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearNamesTest {
    private static final List<String> COMMANDS = List.of("rate", "data", "watch", "explain", "submit", "demo", "store");

    @Test
    void shouldFindASlipOfTheKeyboard() {
        assertThat(NearNames.of("explian", COMMANDS)).containsExactly("explain");
        assertThat(NearNames.of("sbmit", COMMANDS)).containsExactly("submit");
        assertThat(NearNames.of("demmo", COMMANDS)).containsExactly("demo");
        assertThat(NearNames.of("--laen", List.of("--lane", "--name", "--tenant")))
                .containsExactly("--lane");
    }

    @Test
    void shouldFindWhatWasBegun() {
        assertThat(NearNames.of("exp", COMMANDS)).containsExactly("explain");
    }

    @Test
    void shouldSuggestNothingThatOnlySharesLetters() {
        assertThat(NearNames.of("frobnicate", COMMANDS)).isEmpty();
        assertThat(NearNames.of("--frobnicate", List.of("--format", "--json"))).isEmpty();
    }
}
