#!/bin/busybox sh
# The first program of the emulated machine: modules, this computer's files as the root, a GPIO chip, pytest.
/bin/busybox --install -s /bin
export PATH=/bin
finish() {
    echo "$1" >/dev/ttyS1
    sync
    poweroff -f
}
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do
    insmod "$module" || { echo "module $module does not load"; finish 97; }
done

mount -t configfs configfs /sys/kernel/config
chip=/sys/kernel/config/gpio-sim/counter
mkdir -p $chip/bank
echo 28 >$chip/bank/num_lines
echo 1 >$chip/live || { echo "no simulated GPIO chip"; finish 98; }

mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=524288 host /house ||
    { echo "no files of the computer"; finish 99; }
mount --move /proc /house/proc
mount --move /sys /house/sys
mount --move /dev /house/dev
# All that can be written. The repository may lie in /tmp: it is held, and put back on top.
repository=$(cat /repository)
mkdir /held
mount --bind "/house$repository" /held
mount -t tmpfs tmpfs /house/run
mount -t tmpfs -o mode=1777 tmpfs /house/tmp
mkdir -p "/house$repository"
mount --bind /held "/house$repository"
ifconfig lo 127.0.0.1 up
# lgpio keeps a pipe of its own in LG_WD, else in the working folder.
chroot /house /usr/bin/env -i HOME=/run LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin LG_WD=/run \
    PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 /bin/sh -c "$(cat /task)"
code=$?
mount --move /house/dev /dev
finish $code
