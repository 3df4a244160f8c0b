package dev.limner.generator.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limner.protocol.ModelRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseKeysTest {
    private static final String DIGEST = "ab".repeat(32);

    @TempDir
    Path folder;

    @Test
    void shouldVerifyWhatItSignedAndNothingElse() {
        ReleaseKeys.generate(folder.resolve("ours"));
        ReleaseKeys.generate(folder.resolve("theirs"));
        PrivateKey key = ReleaseKeys.readPrivate(folder.resolve("ours/release.key"));
        PublicKey ours = ReleaseKeys.readPublic(folder.resolve("ours/release.pub"));
        PublicKey theirs = ReleaseKeys.readPublic(folder.resolve("theirs/release.pub"));

        String signature = ReleaseKeys.sign(key, DIGEST);

        assertThat(ReleaseKeys.verifies(ours, DIGEST, signature)).isTrue();
        assertThat(ReleaseKeys.verifies(theirs, DIGEST, signature)).isFalse();
        assertThat(ReleaseKeys.verifies(ours, "cd".repeat(32), signature)).isFalse();
        assertThat(ReleaseKeys.verifies(ours, DIGEST, "not base64 !")).isFalse();
        assertThat(ReleaseKeys.verifies(ours, DIGEST, "")).isFalse();
    }

    @Test
    void shouldReadKeysAsEditorsAndOtherSystemsSaveThem() throws IOException {
        ReleaseKeys.generate(folder);
        Path key = folder.resolve("release.key");
        PrivateKey before = ReleaseKeys.readPrivate(key);

        Files.writeString(key, "\uFEFF" + Files.readString(key).replace("\n", "\r\n"));
        assertThat(ReleaseKeys.readPrivate(key)).isEqualTo(before);

        Files.write(key, "\uFEFF-----BEGIN".getBytes(StandardCharsets.UTF_16LE));
        assertThatThrownBy(() -> ReleaseKeys.readPrivate(key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the key " + key + " is UTF-16, must be text in UTF-8");
    }

    @Test
    void shouldVerifyARecordAsItCameAndNoneThatWasChanged() {
        ReleaseKeys.generate(folder.resolve("ours"));
        ReleaseKeys.generate(folder.resolve("theirs"));
        PrivateKey key = ReleaseKeys.readPrivate(folder.resolve("ours/release.key"));
        PublicKey ours = ReleaseKeys.readPublic(folder.resolve("ours/release.pub"));
        ModelRecord record = ModelRecord.first(
                "default",
                new ModelRecord.Release(DIGEST, "file:///x", null),
                "first",
                Instant.parse("2026-01-31T12:00:00Z"));

        ModelRecord signed = ReleaseKeys.sign(key, record);
        String json = new String(signed.encode(), UTF_8);

        assertThat(ReleaseKeys.verifies(ours, json.getBytes(UTF_8))).isTrue();
        assertThat(ReleaseKeys.isOurs(key, json.getBytes(UTF_8))).isTrue();
        assertThat(ReleaseKeys.verifies(
                        ReleaseKeys.readPublic(folder.resolve("theirs/release.pub")), json.getBytes(UTF_8)))
                .isFalse();
        for (String changed : List.of(
                json.replace("\"revision\":1", "\"revision\":2"),
                json.replace(DIGEST, "cd".repeat(32)),
                json.replace("file:///x", "file:///y"),
                json.replace("{\"model\"", "{\"ofANewerBuild\":1,\"model\""),
                new String(record.encode(), UTF_8),
                new String(record.withSignature("not base64 !").encode(), UTF_8),
                new String(record.withSignature(ReleaseKeys.sign(key, DIGEST)).encode(), UTF_8),
                "null")) {
            assertThat(changed).isNotEqualTo(json);
            assertThat(ReleaseKeys.verifies(ours, changed.getBytes(UTF_8)))
                    .as(changed)
                    .isFalse();
            assertThat(ReleaseKeys.isOurs(key, changed.getBytes(UTF_8)))
                    .as(changed)
                    .isFalse();
        }
    }

    @Test
    void shouldLetNobodyElseReadTheSecretAndOverwriteNone() throws IOException {
        ReleaseKeys.generate(folder);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("release.key"))))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> ReleaseKeys.generate(folder)).hasMessageContaining("cannot be written");
    }

    @Test
    void shouldReadTheKeysThatOpenSslWrites() throws Exception {
        Path secret = folder.resolve("openssl.key");
        Path open = folder.resolve("openssl.pub");
        Process made = new ProcessBuilder(
                        "sh",
                        "-c",
                        "openssl genpkey -algorithm ed25519 -out '" + secret + "' && openssl pkey -in '" + secret
                                + "' -pubout -out '" + open + "'")
                .start();
        assumeTrue(made.waitFor() == 0, "openssl is not installed");

        String signature = ReleaseKeys.sign(ReleaseKeys.readPrivate(secret), DIGEST);

        assertThat(ReleaseKeys.verifies(ReleaseKeys.readPublic(open), DIGEST, signature))
                .isTrue();
    }

    @Test
    void shouldNameTheFileThatIsNoKey() throws IOException {
        ReleaseKeys.generate(folder);

        assertThatThrownBy(() -> ReleaseKeys.readPublic(folder.resolve("release.key")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("release.key must hold one PEM block of a PUBLIC KEY");
    }
}
