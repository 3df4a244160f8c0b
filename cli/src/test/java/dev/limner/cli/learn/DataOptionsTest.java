package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import dev.limner.launcher.UsageException;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSettings;
import dev.limner.training.data.DataSource;
import dev.limner.training.data.ShardFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class DataOptionsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "'',10,10",
        "--validation=0,0,10",
        "--validation=80,80,10",
        "--test=0,10,0",
        "--test=80,10,80",
        "--validation=45 --test=45,45,45",
        "--validation=0 --test=0,0,0",
        "--validation=90 --test=0,90,0",
        "--validation=0 --test=90,0,90",
        "--held-out=0,0,0",
        "--held-out=1,0,1",
        "--held-out=20,10,10",
        "--held-out=33,16,17",
        "--held-out=90,45,45"
    })
    void shouldTakeSharesUpToTheirBounds(String options, int validation, int test) {
        assertThat(settings(options)).isEqualTo(DataSettings.of(32, validation, test));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--validation=91|--validation is 91, must be from 0 to 90 percent",
                "--validation=-1|--validation is -1, must be from 0 to 90 percent",
                "--test=91|--test is 91, must be from 0 to 90 percent",
                "--test=-1|--test is -1, must be from 0 to 90 percent",
                "--validation=81|--validation and --test together is 91, must be at most 90 percent",
                "--validation=46 --test=45|--validation and --test together is 91, must be at most 90 percent",
                "--held-out=91|--held-out is 91, must be from 0 to 90 percent",
                "--held-out=-1|--held-out is -1, must be from 0 to 90 percent",
                "--held-out=20 --test=10|--held-out is --validation and --test together: give either"
            })
    void shouldNameTheOptionBeyondItsBounds(String options, String complaint) {
        assertThatThrownBy(() -> settings(options))
                .isInstanceOf(UsageException.class)
                .hasMessage(complaint);
    }

    @Test
    void shouldTakeWhatIsNotAskedForFromTheDataSet() {
        dataSet(DataSettings.of(32, 5, 25).withSources(List.of(DataSource.unstated("a"))));

        assertThat(settings("")).isEqualTo(DataSettings.of(32, 5, 25));
        assertThat(settings("--test=30")).isEqualTo(DataSettings.of(32, 5, 30));
    }

    @Test
    void shouldAddToADataSetOfFormat1AsToOne() {
        dataSet(DataSettings.ofPixels(32, 37));

        assertThat(settings("")).isEqualTo(DataSettings.ofPixels(32, 37));
        assertThat(settings("--held-out=20")).isEqualTo(DataSettings.ofPixels(32, 20));
        assertThatThrownBy(() -> settings("--validation=10"))
                .isInstanceOf(UsageException.class)
                .hasMessage(
                        "--validation is for data sets that are split by subject; this one is of format 1, which splits by"
                                + " pixels and holds out 37 percent: leave the option out, or give another --out");
        assertThatThrownBy(() -> settings("--held-out=91"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--held-out is 91, must be from 0 to 90 percent");
    }

    /** What a killed import leaves before its first shard is no data set. */
    @Test
    void shouldNotMindSettingsWithoutShards() {
        DataSettings.ofPixels(32, 37).write(folder);

        assertThat(settings("")).isEqualTo(DataSettings.of(32, 10, 10));
    }

    private void dataSet(DataSettings settings) {
        settings.write(folder);
        ShardFiles.write(
                folder.resolve("set-000000.tar.gz"),
                List.of(new CaptionedImage(
                        "a", new Pixels(32, 32, new byte[3 * 32 * 32]), Map.of("en", List.of("a")))));
    }

    private DataSettings settings(String options) {
        DataOptions read = new DataOptions();
        CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create()
                .addMixin("shares", CommandLine.Model.CommandSpec.forAnnotatedObject(read));
        new CommandLine(spec).parseArgs(options.isEmpty() ? new String[0] : options.split(" "));
        return read.settings(32, folder);
    }
}
