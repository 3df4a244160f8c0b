package dev.limner.generator.network.torchscript;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A file as {@code torch.jit.save} writes it, of a program without weights whose text a test says. */
final class TextProgram {
    private static final String HEAD =
            "class Program(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";
    private static final String INSTANCE = "\u0080\u0002c__torch__\nProgram\n)\u0081}(X\b\0\0\0training\u0088ub.";
    private static final String NO_CONSTANTS = "\u0080\u0002).";

    private TextProgram() {}

    /** @param body statements of {@code forward(self, noise: Tensor)}, and what it returns behind an arrow */
    static Path write(Path file, String returned, String... body) throws IOException {
        return of(file, List.of("noise"), returned, body);
    }

    /** @param arguments names of {@code forward}'s tensors */
    static Path of(Path file, List<String> arguments, String returned, String... body) throws IOException {
        String typed = arguments.stream().map(name -> ", " + name + ": Tensor").collect(Collectors.joining());
        String forward = "  def forward(self: __torch__.Program" + typed + ") -> " + returned + ":\n    "
                + String.join("\n    ", body) + "\n";
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            put(zip, "data.pkl", INSTANCE.getBytes(StandardCharsets.ISO_8859_1));
            put(zip, "code/__torch__.py", (HEAD + forward).getBytes(StandardCharsets.UTF_8));
            put(zip, "constants.pkl", NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
            put(zip, "version", "10\n".getBytes(StandardCharsets.UTF_8));
        }
        return file;
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry("program/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
