package dev.limner.launcher;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much room a folder's device has. */
public final class DiskSpace {
    /** A device with less is as good as full: brokers and workers write more than this at once. */
    private static final long FULL_BYTES = 1 << 20;

    private static final long MIB = 1 << 20;

    private DiskSpace() {}

    /** Whether nothing more fits; false where it cannot be told. */
    public static boolean full(Path folder) {
        try {
            return Files.getFileStore(existing(folder)).getUsableSpace() < FULL_BYTES;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a full device is why something in this process that writes to a folder has given up. */
    static boolean explains(Path folder) {
        return full(folder) || LogFile.sawFullDevice();
    }

    /** One line for the user. */
    public static String line(Path folder) {
        return line(folder, ProjectLayout.find().state());
    }

    /** @param state the folder that {@code LIMNER_STATE} moves; it moves no other */
    static String line(Path folder, Path state) {
        String room;
        try {
            FileStore device = Files.getFileStore(existing(folder));
            room = " (" + device.getUsableSpace() / MIB + " of " + device.getTotalSpace() / MIB + " MiB free)";
        } catch (IOException e) {
            room = "";
        }
        boolean moved = folder.toAbsolutePath().normalize().startsWith(state.normalize());
        return "no space left in " + folder + room + ": free some or "
                + (moved ? "set LIMNER_STATE to a folder" : "name a folder") + " on another device, then start again;"
                + " nothing is lost";
    }

    private static Path existing(Path folder) {
        Path at = folder.toAbsolutePath();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }
}
