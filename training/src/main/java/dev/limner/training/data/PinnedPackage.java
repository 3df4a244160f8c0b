package dev.limner.training.data;

import org.jspecify.annotations.Nullable;

/**
 * An npm package in one version.
 *
 * @param name as npm is asked for it, with its scope
 * @param version exactly this one
 * @param integrity {@code sha512-} and Base64, as {@code npm view NAME dist.integrity} prints it; null if this build does not
 *     know it
 */
public record PinnedPackage(
        String name, String version, @Nullable String integrity) {
    /** As npm is asked for it. */
    public String specifier() {
        return name + "@" + version;
    }

    /** How {@code npm pack} begins the name of its file. */
    public String fileStem() {
        return name.replace("@", "").replace('/', '-');
    }
}
