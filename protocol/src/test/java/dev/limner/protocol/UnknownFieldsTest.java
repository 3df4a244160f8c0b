package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class UnknownFieldsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void shouldFindWhatNoReaderReads() throws IOException {
        JsonNode job = JSON.readTree("""
                {"caption": "a", "sed": 7, "context": {"mine": {"x": 1}}, "size": {"width": 64, "height": 64, "depth": 3},
                 "group": {"id": "g", "size": 1}, "model": "m"}
                """);

        assertThat(UnknownFields.ofJob().in(job)).containsExactly("sed", "size.depth");
        assertThat(UnknownFields.ofFeedback().in(JSON.readTree("{\"verdit\": \"like\", \"rater\": \"r\"}")))
                .containsExactly("verdit");
    }

    @Test
    void shouldKnowEveryFieldThatIsWritten() throws IOException {
        Job job = ((Decoded.Valid) JobCodec.decode("""
                        {"id": "a", "caption": "a", "seed": 1, "count": 2, "model": "m", "truncation": 0.5, "format": "jpeg",
                         "size": {"width": 64, "height": 64}, "deadline": "2026-01-31T12:00:00Z", "tenant": "t",
                         "group": {"id": "g", "size": 1}, "context": 5}
                        """.getBytes(java.nio.charset.StandardCharsets.UTF_8), "f")).job();

        assertThat(UnknownFields.ofJob().in(JSON.readTree(JobCodec.encode(job))))
                .isEmpty();
    }
}
