package dev.limner.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.launcher.UsageException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be encoded is refused as a worker would, and not sent as a question mark. */
class LostCharactersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"caption\":\"lone \\ud800\"} | caption is 'lone \\ud800', must not hold half a surrogate pair",
                "\"lone \\udc00\" | caption is 'lone \\udc00', must not hold half a surrogate pair",
                "{\"caption\":\"x\",\"id\":\"\\ud800\"} | id is '\\ud800', must be 1 to 128",
                "{\"caption\":\"x\",\"tenant\":\"\\ud800\"} | tenant is '\\ud800', must be 1 to 64",
                "{\"caption\":\"x\",\"group\":{\"id\":\"\\ud800\",\"size\":1}} | group.id is '\\ud800', must be 1 to 128",
                "{\"caption\":\"x\",\"model\":\"\\ud800\"} | model is '\\ud800', must be"
            })
    void shouldRefuseHalfASurrogatePair(String line, String reason) {
        byte[] file = ("[" + line + "]").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> new JobOptions().jobs(JobOptions.Written.file(file, "jobs"), "id", null))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("jobs line 1: ")
                .hasMessageContaining(reason.replace("\\ud800", "\\uD800").replace("\\udc00", "\\uDC00"));
    }

    @Test
    void shouldRefuseHalfASurrogatePairOfAnArgument() {
        assertThatThrownBy(
                        () -> new JobOptions().jobs(JobOptions.Written.arguments(List.of("lone \ud800")), "id", null))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("must not hold half a surrogate pair");
    }
}
