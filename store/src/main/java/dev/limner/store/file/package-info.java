/** Objects as files of a folder that several fleets may share: written, read, marked and cleared. */
@NullMarked
package dev.limner.store.file;

import org.jspecify.annotations.NullMarked;
