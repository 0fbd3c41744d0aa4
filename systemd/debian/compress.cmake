# Debian wants man pages and the changelog compressed, and the same bytes each time.
file(GLOB_RECURSE pages "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/man/*.[1-9]")
set(changelog "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr/share/doc/suandian/changelog")
if(NOT pages)
	message(FATAL_ERROR "no man pages under ${CPACK_TEMPORARY_INSTALL_DIRECTORY}")
endif()
execute_process(COMMAND gzip -9n ${pages} ${changelog} COMMAND_ERROR_IS_FATAL ANY)
