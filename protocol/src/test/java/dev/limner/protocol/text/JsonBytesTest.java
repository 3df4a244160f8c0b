package dev.limner.protocol.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBytesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"caption\":\"K\u00e4se \ud83e\uddc0\"}",
                "{\"caption\":\"lone \\ud800\"}",
                "{\"caption\":\"\\udc00\\ud800 the wrong way round\"}",
                "{\"\\udfff\":[\"\\\\\\ud83e\"],\"n\":0.1234567890123456789}"
            })
    void shouldLoseNothing(String written) throws IOException {
        JsonNode node = JsonLines.STRICT.document(written.getBytes(StandardCharsets.UTF_8), "it");

        byte[] bytes = JsonBytes.of(node);

        assertThat(JsonLines.STRICT.document(bytes, "it")).isEqualTo(node);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(written);
        assertThat(JSON.readTree(bytes).isObject()).isTrue();
    }
}
