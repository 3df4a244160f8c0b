package dev.limner.protocol.process;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults for a service that has none of its own, out of a jar that is not part of it. The system property {@code
 * limner.faults.SERVICE} of its JVM names the jar; the properties below that name belong to the jar. Neither a setting
 * nor a variable of the environment can do so: whoever says what a JVM runs says this.
 */
public final class FaultKit {
    private static final Logger LOG = LoggerFactory.getLogger(FaultKit.class);
    private static final String PREFIX = "limner.faults.";

    private FaultKit() {}

    /** The system property that names the kit of a service; with a dot behind it, what all others of the kit begin with. */
    public static String property(String service) {
        return PREFIX + service;
    }

    /**
     * The kit's implementation of a service's fault points, as {@link ServiceLoader} finds it.
     *
     * @param service as the property has it
     * @return empty if there is no kit
     * @throws IllegalStateException if there ought to be faults and cannot be: the service must not run without them
     */
    public static <T> Optional<T> load(String service, Class<T> points) {
        String property = property(service);
        String jar = System.getProperty(property);
        if (jar == null) {
            requireNoOrders(property);
            return Optional.empty();
        }
        Path file = file(property, jar);
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException(property + " is " + jar + ", which is no file");
        }
        LOG.atWarn()
                .addKeyValue("service", service)
                .addKeyValue("kit", file)
                .log("FAULT INJECTION IS ON: this process fails on purpose");
        return Optional.of(load(property, file, points));
    }

    private static Path file(String property, String jar) {
        try {
            return Path.of(jar).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IllegalStateException(property + " is " + jar + ", which is no file", e);
        }
    }

    private static void requireNoOrders(String property) {
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(property + "."))
                .findFirst()
                .ifPresent(order -> {
                    throw new IllegalStateException(
                            order + " asks for faults, and " + property + " names no kit to take them from");
                });
    }

    private static <T> T load(String property, Path jar, Class<T> points) {
        try {
            // Never closed: classes of the kit are loaded as they are needed, as long as the process lives.
            ClassLoader kit =
                    new URLClassLoader("limner-faults", new URL[] {jar.toUri().toURL()}, points.getClassLoader());
            return ServiceLoader.load(points, kit)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            property + " is " + jar + ", which holds no " + points.getName()));
        } catch (MalformedURLException e) {
            throw new IllegalStateException(property + " is " + jar + ", which has no URL", e);
        } catch (ServiceConfigurationError | LinkageError e) {
            Throwable why = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(property + " is " + jar + ", which cannot be used: " + why, e);
        }
    }
}
