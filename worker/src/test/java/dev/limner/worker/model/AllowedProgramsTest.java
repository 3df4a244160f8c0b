package dev.limner.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.bundle.ModelBundle;
import dev.limner.generator.network.Architectures;
import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a worker asks: OwnModelTest of the system tests. */
class AllowedProgramsTest {
    @TempDir
    Path folder;

    @Test
    void shouldAllowAProgramOnlyWhereItsOwnDigestIsNamed() throws IOException {
        ObjectNode spec = JsonNodeFactory.instance.objectNode();
        spec.putArray("arguments")
                .addObject()
                .put("input", "noise")
                .putArray("shape")
                .add(8);
        spec.putObject("output").put("side", 16).put("channels", 3);
        Path file = Files.writeString(folder.resolve("own.pt"), "not run here");
        Manifest program = ModelBundle.write(
                folder.resolve("bundle"),
                new ModelBundle.Description(
                        "own",
                        Architectures.all().find("torchscript").orElseThrow().generator(spec),
                        null,
                        null,
                        null,
                        List.of(),
                        null),
                file,
                null);
        String digest = program.weights().sha256();

        for (List<String> others : List.of(List.<String>of(), List.of("0".repeat(64)), List.of(program.digest()))) {
            assertThatThrownBy(() -> new AllowedPrograms(others).require(program))
                    .isInstanceOfSatisfying(
                            BundleException.class,
                            refused -> assertThat(refused.code()).isEqualTo(RefusalCode.PROGRAM_NOT_ALLOWED))
                    .hasMessageContaining("only if limner.worker.models.programs has its digest " + digest);
        }
        for (String written : List.of(digest, digest.toUpperCase(Locale.ROOT))) {
            assertThatCode(() -> new AllowedPrograms(List.of("0".repeat(64), written)).require(program))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() ->
                        new AllowedPrograms(List.of()).require(ModelBundle.readManifest(Path.of("../models/default"))))
                .as("weights are no program")
                .doesNotThrowAnyException();
    }

    @Test
    void shouldTakeDigestsOfSixtyFourCharactersOnly() {
        assertThatCode(() -> new AllowedPrograms(List.of("A".repeat(64), " " + "0".repeat(64))))
                .doesNotThrowAnyException();
        for (String bad : List.of("", "a".repeat(63), "a".repeat(65), "g".repeat(64), "*")) {
            assertThatThrownBy(() -> new AllowedPrograms(List.of(bad)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limner.worker.models.programs has '" + bad + "'");
        }
    }
}
