package dev.limner.training.data.icon;

import dev.limner.training.data.DataException;
import dev.limner.training.data.PinnedPackage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Icon sets in versions whose content is known: {@code icon-sets.properties}, one a line. */
public final class KnownIconSets {
    private static final String PACKAGES = "@iconify-json/";
    private static final Pattern NAME = Pattern.compile("([a-z0-9]+(?:-[a-z0-9]+)*)(?:@(\\d+\\.\\d+\\.\\d+))?");
    private static final Properties KNOWN = read();

    private KnownIconSets() {}

    private static Properties read() {
        Properties known = new Properties();
        try (InputStream in = KnownIconSets.class.getResourceAsStream("icon-sets.properties")) {
            known.load(Objects.requireNonNull(in, "icon-sets.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException("icon-sets.properties cannot be read", e);
        }
        return known;
    }

    /** All of them, in alphabetical order. */
    static Set<String> names() {
        return new TreeSet<>(KNOWN.stringPropertyNames());
    }

    /**
     * The package of a set.
     *
     * @param written {@code NAME} of a known set, or {@code NAME@VERSION} of any
     * @throws DataException naming the known ones
     */
    public static PinnedPackage named(String written) {
        Matcher parts = NAME.matcher(written);
        if (!parts.matches()) {
            throw new DataException("the icon set '" + written + "' must be written NAME or NAME@VERSION, as in tabler"
                    + " or feather@1.2.0");
        }
        String name = parts.group(1);
        String version = parts.group(2);
        String[] known = KNOWN.getProperty(name, "").split(" ", 2);
        if (version == null && known.length < 2) {
            throw new DataException("the icon set '" + name + "' is not among those whose version is known, "
                    + String.join(", ", names()) + "; for others give the version, as in "
                    + name + "@1.2.0");
        }
        boolean pinned = version == null || version.equals(known[0]);
        return new PinnedPackage(PACKAGES + name, pinned ? known[0] : version, pinned ? known[1] : null);
    }
}
