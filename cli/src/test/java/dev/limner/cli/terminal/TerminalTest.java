package dev.limner.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private static final Map<String, String> BOTH = Map.of("limner.terminal", "true", "limner.terminal.out", "true");
    private static final Map<String, String> XTERM = Map.of("TERM", "xterm-256color");

    @Test
    void shouldOverwriteLinesAndUseColoursOnATerminal() {
        assertThat(terminal(BOTH, XTERM)).isEqualTo(new Terminal(true, true));
    }

    @Test
    void shouldOnlyPrintWhereThereIsNoTerminal() {
        assertThat(terminal(Map.of(), XTERM)).isEqualTo(new Terminal(false, false));
        assertThat(terminal(Map.of("limner.terminal", "false", "limner.terminal.out", "true"), XTERM))
                .isEqualTo(new Terminal(false, false));
        // limner ... | less: the bar is on standard error.
        assertThat(terminal(Map.of("limner.terminal", "true", "limner.terminal.out", "false"), XTERM))
                .isEqualTo(new Terminal(true, false));
    }

    @Test
    void shouldOnlyPrintOnATerminalThatCanDoNoMore() {
        for (String kind : new String[] {"dumb", ""}) {
            assertThat(terminal(BOTH, Map.of("TERM", kind))).isEqualTo(new Terminal(false, false));
        }
        assertThat(terminal(BOTH, Map.of())).isEqualTo(new Terminal(false, false));
    }

    @Test
    void shouldLeaveColoursAwayOnRequest() {
        assertThat(terminal(BOTH, with(XTERM, "NO_COLOR", "1"))).isEqualTo(new Terminal(true, false));
        assertThat(terminal(BOTH, with(XTERM, "NO_COLOR", "0"))).isEqualTo(new Terminal(true, false));
        // As no-color.org has it: present and not empty.
        assertThat(terminal(BOTH, with(XTERM, "NO_COLOR", ""))).isEqualTo(new Terminal(true, true));
    }

    private static Map<String, String> with(Map<String, String> environment, String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return more;
    }

    private static Terminal terminal(Map<String, String> properties, Map<String, String> environment) {
        return Terminal.of(properties::get, environment::get);
    }
}
