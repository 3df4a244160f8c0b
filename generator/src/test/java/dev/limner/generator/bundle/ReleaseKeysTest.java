package dev.limner.generator.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.PublicKey;
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
