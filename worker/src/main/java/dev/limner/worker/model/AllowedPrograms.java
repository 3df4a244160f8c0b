package dev.limner.worker.model;

import dev.limner.generator.bundle.BundleException;
import dev.limner.generator.bundle.Manifest;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.protocol.RefusalCode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Which programs this worker's operator lets it run. Immutable. */
public final class AllowedPrograms {
    private static final String KEY = "limner.worker.models.programs";
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private final Set<String> digests;

    /** @throws IllegalArgumentException naming the key and the value if one is no digest */
    public AllowedPrograms(List<String> digests) {
        this.digests = digests.stream().map(AllowedPrograms::digest).collect(Collectors.toUnmodifiableSet());
    }

    private static String digest(String written) {
        String digest = written.strip().toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(digest).matches()) {
            throw new IllegalArgumentException(
                    KEY + " has '" + written + "', must be SHA-256 digests of 64 characters");
        }
        return digest;
    }

    /** @throws BundleException if the bundle holds a program that is not among them */
    public void require(Manifest manifest) {
        if (manifest.generator() instanceof ProgramGenerator
                && !digests.contains(manifest.weights().sha256())) {
            throw new BundleException(
                    RefusalCode.PROGRAM_NOT_ALLOWED,
                    "model " + manifest.name() + " is a program ("
                            + manifest.weights().file() + "), which this worker runs" + " only if " + KEY
                            + " has its digest " + manifest.weights().sha256());
        }
    }
}
