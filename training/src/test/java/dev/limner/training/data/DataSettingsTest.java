package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataSettingsTest {
    private static final DataSource SOURCE = new DataSource(
            "openmoji", "OpenMoji", "16.0.0", "CC-BY-SA-4.0", "the OpenMoji project", "https://openmoji.org", true);

    @TempDir
    Path folder;

    /** Releases before this one read it, and the shipped data is to the byte what it was. */
    @Test
    void shouldWriteFormat1AsItAlwaysWas() throws IOException {
        DataSettings.ofPixels(64, 20).write(folder);

        assertThat(folder.resolve("dataset.json"))
                .hasContent("""
                {
                  "format" : 1,
                  "side" : 64,
                  "heldOutPercent" : 20
                }
                """)
                .hasSameBinaryContentAs(Path.of("../data/emoji/dataset.json"));
        assertThat(DataSettings.read(folder)).isEqualTo(DataSettings.ofPixels(64, 20));
    }

    @Test
    void shouldWriteFormat2WithItsSources() {
        DataSettings settings = DataSettings.of(64, 5, 15)
                .withSources(List.of(SOURCE, DataSource.of("ours", "ours", "MIT", null), DataSource.unstated("x")));
        settings.write(folder);

        assertThat(folder.resolve("dataset.json")).content().isEqualTo("""
                {
                  "format" : 2,
                  "side" : 64,
                  "validationPercent" : 5,
                  "testPercent" : 15,
                  "sources" : [ {
                    "id" : "openmoji",
                    "name" : "OpenMoji",
                    "version" : "16.0.0",
                    "licence" : "CC-BY-SA-4.0",
                    "attribution" : "the OpenMoji project",
                    "url" : "https://openmoji.org",
                    "shareAlike" : true
                  }, {
                    "id" : "ours",
                    "name" : "ours",
                    "licence" : "MIT",
                    "shareAlike" : false
                  }, {
                    "id" : "x",
                    "name" : "x",
                    "licence" : "NOASSERTION",
                    "shareAlike" : false
                  } ]
                }
                """);
        assertThat(DataSettings.read(folder)).isEqualTo(settings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"format\": 3, \"splitBy\": \"moon\"}|format is 3, this build reads 1 and 2",
                "{\"format\": 0, \"side\": 64, \"validationPercent\": 1, \"testPercent\": 1}|format is 0, must be 1 or 2",
                "{\"format\": 2, \"side\": 64, \"validationPercent\": 91, \"testPercent\": 1}"
                        + "|validationPercent is 91, must be from 0 to 90 percent",
                "{\"format\": 2, \"side\": 64, \"validationPercent\": 50, \"testPercent\": 41}"
                        + "|validationPercent + testPercent is 91, must be at most 90 percent",
                "{\"format\": 1, \"side\": 64, \"heldOutPercent\": -1}"
                        + "|heldOutPercent is -1, must be from 0 to 90 percent",
                "{\"format\": 1, \"side\": 40, \"heldOutPercent\": 1}|side is 40, must be a power of two",
                "{\"format\": 2, \"side\": 64, \"validationPercent\": 1, \"testPercent\": 1, \"sources\":"
                        + " [{\"id\": \"a\", \"licence\": \"free, I think\"}]}"
                        + "|licence of source a is 'free, I think', must be an identifier of the SPDX licence list",
                "{\"format\": 2, \"side\": 64, \"validationPercent\": 1, \"testPercent\": 1, \"sources\":"
                        + " [{\"id\": \"a\", \"licence\": \"MIT\"}, {\"id\": \"a\", \"licence\": \"MIT\"}]}"
                        + "|sources is [a, a], must have each id once",
                "{\"format\": 2, \"side\": 64, \"validationPercent\": 1, \"testPercent\": 1, \"sources\":"
                        + " [{\"id\": \"a\", \"license\": \"MIT\"}]}"
                        + "|a source has the key 'license', known are id, name, version, licence,",
                "{\"format\": 2, \"side\": 64, \"validationPercent\": 1, \"testPercent\": 1, \"sources\":"
                        + " [{\"id\": \"a\", \"licence\": \"MIT\", \"shareAlike\": \"no\"}]}"
                        + "|shareAlike of source a is \"no\", must be true or false",
            })
    void shouldNameTheKeyAndTheValue(String content, String complaint) throws IOException {
        Files.writeString(folder.resolve("dataset.json"), content);

        assertThatThrownBy(() -> DataSettings.read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(folder.resolve("dataset.json").toString())
                .hasMessageContaining(complaint);
    }

    @Test
    void shouldTakeNinetyPercentInAll() {
        assertThatCode(() -> DataSettings.of(16, 45, 45)).doesNotThrowAnyException();
        assertThatCode(() -> DataSettings.of(1024, 0, 90)).doesNotThrowAnyException();
        assertThatThrownBy(() -> DataSettings.of(16, 46, 45)).hasMessageContaining("is 91");
    }

    @ParameterizedTest
    @CsvSource({
        "CC-BY-SA-4.0,true",
        "CC-BY-SA-3.0-IGO,true",
        "MIT AND CC-BY-SA-4.0,true",
        "(MIT OR CC-BY-SA-4.0),true",
        "GPL-3.0-or-later,true",
        "LGPL-2.1-only,true",
        "AGPL-3.0-only,true",
        "ODbL-1.0,true",
        "CC-BY-4.0,false",
        "CC0-1.0,false",
        "Apache-2.0,false",
        "MIT,false",
        "OFL-1.1,false",
        "LicenseRef-SALT,false",
        "NOASSERTION,false"
    })
    void shouldKnowShareAlikeLicences(String licence, boolean shareAlike) {
        assertThat(DataSource.of("a", "a", licence, null).shareAlike()).isEqualTo(shareAlike);
    }

    @Test
    void shouldNotTakeSomebodysWordThatShareAlikeIsNone() {
        assertThat(new DataSource("a", "a", null, "CC-BY-SA-4.0", null, null, false).shareAlike())
                .isTrue();
        assertThat(new DataSource("a", "a", null, "LicenseRef-OURS", null, null, true).shareAlike())
                .isTrue();
    }
}
