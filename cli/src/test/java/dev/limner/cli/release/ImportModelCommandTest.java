package dev.limner.cli.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.bundle.ModelBundle;
import dev.limner.launcher.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What an import leaves behind, and what it says of what it cannot take. */
class ImportModelCommandTest {
    private static final Path FAULTY = Path.of("../generator/src/test/resources/torchscript");
    private static final Path EXPORTED = FAULTY.resolve("generator.pt");
    private static final String SPEC = """
            {"arguments": [{"input": "noise", "shape": [8, 1, 1]}, {"input": "label"}, {"input": "controls"}],
             "labels": ["disc", "ring", "bar"],
             "controls": [{"name": "brightness", "min": -0.5, "max": 0.5, "default": 0.5}],
             "output": {"side": 16, "channels": 3, "range": [0, 1]}}
            """;

    @TempDir
    Path folder;

    private Path spec;

    @BeforeEach
    void writeSpec() throws IOException {
        spec = Files.writeString(folder.resolve("spec.json"), SPEC);
    }

    @Test
    void shouldLeaveTheBundleAndNothingElse() throws IOException {
        Path others = Files.createDirectory(folder.resolve("own.part"));
        Files.writeString(others.resolve("precious.txt"), "of somebody else");

        assertThat(run(EXPORTED, "own")).contains("tried    100 calls");

        assertThat(ModelBundle.read(folder.resolve("own")).manifest().name()).isEqualTo("own");
        assertThat(others.resolve("precious.txt")).exists();
        assertThat(names()).containsExactlyInAnyOrder("own", "own.part", "spec.json");
    }

    @Test
    void shouldFillAnEmptyFolderAndTheOneThatALinkLeadsTo() throws IOException {
        Files.createDirectory(folder.resolve("empty"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("empty"));

        run(EXPORTED, "link");

        assertThat(folder.resolve("link")).isSymbolicLink();
        assertThat(folder.resolve("empty")).isDirectoryContaining("glob:**manifest.json");
        refuses("which is there already and is no empty folder", EXPORTED, "empty");
    }

    @Test
    void shouldLeaveNothingWhereItFails() throws IOException {
        Path text = Files.writeString(folder.resolve("text.pt"), "no program");

        refuses("is no TorchScript program that can be loaded", text, "own");
        refuses("text.pt/own", EXPORTED, "text.pt/own");
        refuses("is no file", folder.resolve("absent.pt"), "own");
        refuses("--licence is empty", EXPORTED, "own", "--licence", " ");
        refuses(
                "--attribution is 'a\u0007', must not hold control characters",
                EXPORTED,
                "own",
                "--attribution",
                "a\u0007");
        Files.writeString(spec, SPEC + "{}");
        refuses("spec.json is no JSON: something follows the document", EXPORTED, "own");
        Files.writeString(spec, SPEC.replace("\"side\": 16", "\"side\": 32, \"side\": 16"));
        refuses("Duplicate", EXPORTED, "own");
        Files.writeString(spec, SPEC.replace("\"side\": 16", "\"side\": 0"));
        refuses(spec + ": output.side is 0, must be from 1 to 4096", EXPORTED, "own");
        Files.writeString(spec, SPEC.replace("\"noise\"", "\"nois\""));
        refuses(spec + ": arguments[0].input is 'nois', must be one of", EXPORTED, "own");
        Files.writeString(spec, "null");
        refuses("architecture.spec is missing", EXPORTED, "own");
        Files.writeString(spec, "");
        refuses("architecture.spec is missing", EXPORTED, "own");

        assertThat(names()).containsExactlyInAnyOrder("spec.json", "text.pt");
    }

    @Test
    void shouldRefuseImagesThatDependOnMoreThanTheirInputs() throws IOException {
        Files.writeString(spec, """
                {"arguments": [{"input": "noise", "shape": [3, 2, 2]}], "output": {"side": 2, "channels": 3}}
                """);

        refuses(" at call 2 than at call 1", FAULTY.resolve("random.pt"), "own");
        refuses("depends on its place in the batch, or on the others", FAULTY.resolve("mean.pt"), "own");

        assertThat(names()).containsExactly("spec.json");
    }

    private void refuses(String reason, Path program, String out, String... more) {
        assertThatThrownBy(() -> run(program, out, more))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining(reason);
    }

    private String run(Path program, String out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                program.toString(),
                "--spec",
                spec.toString(),
                "--name",
                "own",
                "--out",
                folder.resolve(out).toString()));
        arguments.addAll(List.of(more));
        StringWriter printed = new StringWriter();
        CommandLine command = new CommandLine(new ImportModelCommand()).setOut(new PrintWriter(printed));
        command.setExecutionExceptionHandler((failure, line, parsed) -> {
            throw failure;
        });
        command.parseArgs(arguments.toArray(String[]::new));
        ImportModelCommand parsed = command.getCommand();
        Integer unused = parsed.call();
        return printed.toString();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
