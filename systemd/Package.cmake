# The Debian package: `make package`, or cpack in the build directory.  Prefix /usr whatever the build's is.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME suandian)
set(CPACK_PACKAGE_VENDOR suandian)
set(CPACK_PACKAGE_CONTACT "The suandian authors <suandian@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compute-power co-scheduling daemon")
set(CPACK_PACKAGE_DESCRIPTION
	"suandian sits between the power grid and the datacentres of a region: it
plans sources, grid, load, storage and computing jobs together, answers
demand-response events, and gives its decisions as promises with a term, a
reason and a fallback, all of them on record.
.
The daemon, its command line and the plant twin, with units for systemd.")
# DESTDIR: the units and /etc are told the prefix that they will have.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
	OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# libnss-systemd: users of adapters exist only as long as the adapter runs, and the daemon asks by name.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd (>= 247), libnss-systemd, tzdata")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(debian ${CMAKE_SOURCE_DIR}/systemd/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
	${debian}/conffiles ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/systemd/debian/compress.cmake)
include(CPack)
