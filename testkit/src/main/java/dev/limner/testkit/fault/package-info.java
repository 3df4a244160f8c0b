/**
 * The fault kit: what breaks inside a worker or a trainer on order. Loaded by these services alone, out of the test kit's
 * jar, and only if chaos starts them with it; the command line never loads a class of it but {@link
 * dev.limner.testkit.fault.KitSettings}. One fault a file.
 */
@NullMarked
package dev.limner.testkit.fault;

import org.jspecify.annotations.NullMarked;
