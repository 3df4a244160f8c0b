package dev.limner.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.store.file.FleetMarks.Fleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetMarksTest {
    @TempDir
    Path root;

    @Test
    void shouldKnowEveryFleetOnceWhateverAddressItWasFoundAt() throws IOException {
        FleetMarks fleets = new FleetMarks(root.resolve("deep/store"));
        Fleet one = new Fleet("c1", "limner", "a:9092");
        Fleet other = new Fleet("c2", "limner", "b:9092");
        Fleet third = new Fleet("c1", "dreams", "a:9092");
        assertThat(fleets.all()).isEmpty();

        for (Fleet fleet : List.of(one, new Fleet("c1", "limner", "elsewhere:1"), other, third)) {
            fleets.mark(fleet);
        }

        assertThat(fleets.all()).containsExactlyInAnyOrder(one, other, third);
        fleets.forget(other);
        assertThat(fleets.all()).containsExactlyInAnyOrder(one, third);
    }

    @Test
    void shouldNotPassOverAMarkThatItCannotRead() throws IOException {
        FleetMarks fleets = new FleetMarks(root);
        fleets.mark(new Fleet("c1", "limner", "a:9092"));
        Path mark;
        try (Stream<Path> files = Files.list(root.resolve(".fleets"))) {
            mark = files.findFirst().orElseThrow();
        }
        for (String broken : List.of("", "null", "{", "{\"cluster\":\"c1\"}", "[]")) {
            Files.writeString(mark, broken);
            assertThatThrownBy(fleets::all)
                    .as(broken)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(mark.toString());
        }
    }
}
