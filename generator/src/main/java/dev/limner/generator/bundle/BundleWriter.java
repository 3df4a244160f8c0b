package dev.limner.generator.bundle;

import dev.limner.generator.image.ProbeSheet;
import dev.limner.generator.network.ProgramGenerator;
import dev.limner.protocol.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes bundles: every file made durable under another name first, the manifest last. */
final class BundleWriter {
    private BundleWriter() {}

    static Manifest write(Path folder, ModelBundle.Description description, ModelBundle.Content content) {
        if (description.generator() instanceof ProgramGenerator program) {
            throw new IllegalArgumentException(program.architecture() + " is a program and has no weights");
        }
        try {
            Files.createDirectories(folder);
            Manifest.WeightsFile generator = arrays(folder, BundleFiles.WEIGHTS, content.generator());
            Map<String, Safetensors.Tensor> critic = content.discriminator();
            Manifest.WeightsFile discriminator =
                    critic == null ? null : arrays(folder, BundleFiles.DISCRIMINATOR, critic);
            return manifest(folder, description, generator, discriminator, content.probes());
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle " + folder + " cannot be written", e);
        }
    }

    static Manifest write(Path folder, ModelBundle.Description description, Path program, @Nullable ProbeSheet probes) {
        if (!(description.generator() instanceof ProgramGenerator generator)) {
            throw new IllegalArgumentException(
                    description.generator().architecture() + " has weights and comes as no program");
        }
        if (!generator.fileName().equals(BundleFiles.PROGRAM)) {
            throw new IllegalArgumentException(
                    generator.fileName() + " is no name for a bundle's program, must be " + BundleFiles.PROGRAM);
        }
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve(generator.fileName());
            Path temporary = folder.resolve(generator.fileName() + ".tmp");
            Files.copy(program, temporary, StandardCopyOption.REPLACE_EXISTING);
            BundleFiles.publish(temporary, file);
            return manifest(folder, description, described(file), null, probes);
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle " + folder + " cannot be written", e);
        }
    }

    private static Manifest manifest(
            Path folder,
            ModelBundle.Description description,
            Manifest.WeightsFile generator,
            Manifest.@Nullable WeightsFile discriminator,
            @Nullable ProbeSheet sheet)
            throws IOException {
        Manifest.Probes probes = null;
        if (sheet != null) {
            byte[] png = sheet.toPng();
            BundleFiles.write(folder.resolve(BundleFiles.PROBES), png);
            probes = new Manifest.Probes(sheet.profile(), sheet.pixelsSha256(), Digests.sha256(png));
        }
        ModelBundle.Lineage lineage = description.lineage();
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                description.name(),
                "",
                NetworkDescription.of(description.generator()),
                description.generator().inputs(),
                description.generator().output(),
                description.textEncoder(),
                generator,
                discriminator,
                probes,
                lineage == null ? null : lineage.sequence(),
                lineage == null ? null : lineage.parent(),
                description.recipe(),
                description.trainedOn(),
                description.data().isEmpty() ? null : description.data(),
                lineage == null ? null : lineage.metrics());
        Manifest named = manifest.withDigest(ModelBundle.digest(ModelBundle.JSON.valueToTree(manifest)));
        BundleFiles.write(
                folder.resolve(BundleFiles.MANIFEST),
                ModelBundle.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(named));
        BundleFiles.forceFolder(folder);
        return named;
    }

    private static Manifest.WeightsFile arrays(Path folder, String name, Map<String, Safetensors.Tensor> arrays)
            throws IOException {
        Path file = folder.resolve(name);
        Path temporary = folder.resolve(name + ".tmp");
        Safetensors.write(temporary, arrays);
        BundleFiles.publish(temporary, file);
        return described(file);
    }

    private static Manifest.WeightsFile described(Path file) throws IOException {
        return new Manifest.WeightsFile(String.valueOf(file.getFileName()), BundleFiles.digest(file), Files.size(file));
    }
}
