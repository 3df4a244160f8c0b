package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.launcher.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EvalArgumentsTest {
    private static final String ENGLISH = "../models/default";
    private static final String CHINESE = "../models/default-zh";

    private @Nullable Exception thrown;

    @Test
    void shouldTellNoDeviationOverModelsOfDifferentRecipes() {
        run(ENGLISH, CHINESE);

        assertThat(thrown)
                .isInstanceOf(UsageException.class)
                .hasMessageMatching("the models \\w+ and \\w+ are of different recipes: evaluate them one by one");
    }

    @Test
    void shouldTellNoDeviationOverOneModelTwice() {
        run(ENGLISH, ENGLISH);

        assertThat(thrown).isInstanceOf(UsageException.class).hasMessageMatching("the model \\w+ is given twice");
    }

    @Test
    void shouldNotGenerateNoTimes() {
        run("--noise-seeds", "0", ENGLISH);

        assertThat(thrown).isInstanceOf(UsageException.class).hasMessage("--noise-seeds is 0, must be at least 1");
    }

    private void run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--data", "nowhere"));
        arguments.addAll(List.of(more));
        thrown = null;
        CommandLine command = new CommandLine(new EvalCommand());
        command.setExecutionExceptionHandler((exception, line, result) -> {
            thrown = exception;
            return 1;
        });
        int unused = command.execute(arguments.toArray(String[]::new));
    }
}
