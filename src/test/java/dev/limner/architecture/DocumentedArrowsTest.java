package dev.limner.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/architecture.md says is the law that {@link ArchitectureTest} enforces. */
class DocumentedArrowsTest {
    private static final Path ROOT = Path.of(System.getProperty("limner.home", ".."));
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| \\[`([a-z]+)`]\\(\\.\\./[a-z]+\\) \\| [^|]* \\| ([^|]*) \\|$");

    private static final Pattern NAME = Pattern.compile("[a-z]+");

    @Test
    void shouldBeTheTableOfThePage() throws IOException {
        Map<String, Set<String>> documented = new LinkedHashMap<>();
        ROW.matcher(Files.readString(ROOT.resolve("docs/architecture.md")))
                .results()
                .forEach(row -> documented.put(row.group(1), allowed(documented, row)));

        assertThat(documented).isEqualTo(ImportedModules.ARROWS);
    }

    @Test
    void shouldNameThePackagesThatMayHaveNativeArrays() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/architecture.md"));
        String sentence = page.substring(page.indexOf("Native arrays ("), page.indexOf("Everywhere else they"));
        Set<String> documented = new TreeSet<>();
        Pattern.compile("`([a-z.]+)`").matcher(sentence).results().forEach(name -> documented.add(name.group(1)));
        documented.removeAll(Set.of("ai.djl.ndarray", "training"));

        Set<String> allowed = new TreeSet<>();
        for (String pattern : ArchitectureTest.WITH_ARRAYS) {
            allowed.add(pattern.replaceFirst("^dev\\.limner\\.((training|worker)\\.)?", "")
                    .replaceFirst("\\.\\.$", ""));
        }
        assertThat(documented).isEqualTo(allowed);
    }

    private static Set<String> allowed(Map<String, Set<String>> before, MatchResult row) {
        Set<String> allowed = new TreeSet<>();
        String text = row.group(2).replaceAll("\\([^)]*\\)", "");
        if (text.startsWith("what cli may import")) {
            allowed.addAll(before.getOrDefault("cli", Set.of()));
            NAME.matcher(text.substring("what cli may import".length()))
                    .results()
                    .map(MatchResult::group)
                    .filter(name -> !name.equals("and"))
                    .forEach(allowed::add);
        } else if (!text.startsWith("nothing")) {
            NAME.matcher(text).results().forEach(name -> allowed.add(name.group()));
        }
        return allowed;
    }
}
