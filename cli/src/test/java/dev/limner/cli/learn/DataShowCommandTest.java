package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.generator.image.Pixels;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.ImageAttributes;
import dev.limner.training.data.ShardFiles;
import dev.limner.training.data.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code limner data show} and {@code limner data split}. */
class DataShowCommandTest {
    private static final DataSource OPENMOJI = new DataSource(
            "openmoji", "OpenMoji", "16.0.0", "CC-BY-SA-4.0", "the OpenMoji project", "https://openmoji.org", true);

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldCountSplitsSubjectsStylesRolesAndSources() throws IOException {
        styled();

        JsonNode shown = new ObjectMapper().readTree(run("show", "--json"));

        assertThat(shown.path("format").asInt()).isEqualTo(2);
        assertThat(shown.path("validationPercent").asInt()).isEqualTo(10);
        assertThat(shown.path("testPercent").asInt()).isEqualTo(20);
        assertThat(shown.path("train").asInt()).isEqualTo(3);
        assertThat(shown.path("validation").asInt()).isEqualTo(1);
        assertThat(shown.path("test").asInt()).isEqualTo(2);
        assertThat(shown.path("subjects").asInt()).isEqualTo(5);
        assertThat(shown.path("largestSubject").path("cat").asInt()).isEqualTo(2);
        assertThat(shown.path("styles")).hasToString("{\"ink\":1,\"oil\":1}");
        assertThat(shown.path("roles")).hasToString("{\"outline\":1}");
        assertThat(shown.at("/sources/0"))
                .hasToString(
                        "{\"id\":\"openmoji\",\"name\":\"OpenMoji\",\"version\":\"16.0.0\",\"licence\":\"CC-BY-SA-4.0\","
                                + "\"attribution\":\"the OpenMoji project\",\"url\":\"https://openmoji.org\",\"shareAlike\":true,"
                                + "\"images\":2}");
        assertThat(shown.at("/sources/1/images").asInt()).isEqualTo(1);
    }

    @Test
    void shouldWarnOfShareAlikeAndOfWhatNobodySaid() {
        styled();

        assertThat(run("show"))
                .contains("sources            {\"id\":\"openmoji\",")
                .contains("sources            {\"id\":\"found\",");
        assertThat(err.toString().lines())
                .containsExactly(
                        "limner: 2 images of OpenMoji 16.0.0 are under CC-BY-SA-4.0, which is share-alike: a model trained on"
                                + " them is to be passed on under that licence, with the attribution",
                        "limner: nobody said under which licence 1 image of found may be used",
                        "limner: 3 images name no source, so no licence is known");
    }

    @Test
    void shouldSayThatAnOldDataSetIsSplitByPixels() {
        DataSettings.ofPixels(32, 20).write(folder);
        ShardFiles.write(
                folder.resolve("set-000000.tar.gz"),
                List.of(image("a", ImageAttributes.NONE.withSource("ours").withSplit(Split.TEST))));

        assertThat(run("split")).isEqualTo("a\ttest\tcaption of a\ta\n");
        assertThat(err.toString())
                .startsWith(
                        "limner: the data set is of format 1: a hash of the pixels splits it, so images of one subject can"
                                + " be on both sides, and there is no validation");
        run("show");
        assertThat(err.toString().lines()).hasSize(2);
    }

    @Test
    void shouldListOneSplitWithSubjects() {
        styled();

        assertThat(run("split", "--only=validation")).isEqualTo("c\tvalidation\tcaption of c\tc\n");
        assertThat(run("split", "--only=test")).isEqualTo("a\ttest\tcaption of a\tcat\nb\ttest\tcaption of b\tcat\n");
        assertThat(err.toString()).isEmpty();
    }

    private void styled() {
        DataSettings.of(32, 10, 20)
                .withSources(
                        List.of(OPENMOJI, DataSource.unstated("found"), DataSource.of("none", "none", "GPL-3.0", null)))
                .write(folder);
        ImageAttributes cat = ImageAttributes.NONE.withSubject("cat").withSplit(Split.TEST);
        List<CaptionedImage> images = new ArrayList<>();
        images.add(image("a", cat.withStyle("ink").withRole("outline").withSource("openmoji")));
        images.add(image("b", cat.withStyle("oil").withSource("openmoji")));
        images.add(image("c", ImageAttributes.NONE.withSplit(Split.VALIDATION).withSource("found")));
        for (String key : List.of("d", "e", "f")) {
            images.add(image(key, ImageAttributes.NONE.withSplit(Split.TRAIN)));
        }
        ShardFiles.write(folder.resolve("set-000000.tar.gz"), images);
    }

    private String run(String command, String... more) {
        out.getBuffer().setLength(0);
        List<String> arguments = new ArrayList<>(List.of(command, folder.toString()));
        arguments.addAll(List.of(more));
        assertThat(new CommandLine(new DataCommand())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(arguments.toArray(String[]::new)))
                .isZero();
        return out.toString();
    }

    private static CaptionedImage image(String key, ImageAttributes attributes) {
        byte[] rgb = new byte[3 * 32 * 32];
        new SplittableRandom(key.hashCode()).nextBytes(rgb);
        return new CaptionedImage(key, new Pixels(32, 32, rgb), Map.of("en", List.of("caption of " + key)), attributes);
    }
}
