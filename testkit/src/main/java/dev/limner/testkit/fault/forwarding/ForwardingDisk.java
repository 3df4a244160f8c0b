package dev.limner.testkit.fault.forwarding;

import dev.limner.store.file.Disk;
import java.io.IOException;
import java.nio.file.Path;

/** Asks another disk everything. Safe from any thread. */
public class ForwardingDisk implements Disk {
    private final Disk disk;

    public ForwardingDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public boolean isFolder(Path folder) {
        return disk.isFolder(folder);
    }

    @Override
    public void createFolders(Path folder) throws IOException {
        disk.createFolders(folder);
    }

    @Override
    public byte[] read(Path file) throws IOException {
        return disk.read(file);
    }

    @Override
    public boolean exists(Path file) {
        return disk.exists(file);
    }

    @Override
    public void write(Path file, byte[] bytes, boolean force) throws IOException {
        disk.write(file, bytes, force);
    }

    @Override
    public void force(Path file) throws IOException {
        disk.force(file);
    }

    @Override
    public void touch(Path file) throws IOException {
        disk.touch(file);
    }

    @Override
    public void rename(Path file, Path to) throws IOException {
        disk.rename(file, to);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        disk.forceFolder(folder);
    }

    @Override
    public void deleteIfExists(Path file) throws IOException {
        disk.deleteIfExists(file);
    }
}
